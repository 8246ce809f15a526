/**
 * The measure for `bench/synth.py`: the same roles as a plain CDK app of L2 constructs, run by Node as it stands.
 *
 * `require` is what `tsc` makes of `import` in a CDK app; the same app as an ES module takes a tenth of a second longer.
 */
const { readFileSync } = require("node:fs") as typeof import("node:fs");
const cdk = require("aws-cdk-lib") as typeof import("aws-cdk-lib");
const iam = require("aws-cdk-lib/aws-iam") as typeof import("aws-cdk-lib/aws-iam");

/** One role, as synth.py writes it. */
interface RoleDescription {
  project: string;
  roleName: string;
  path: string;
  description: string;
  sessionSeconds: number;
  tags: Record<string, string>;
  vendorAccount: string;
  externalId: string;
  statements: { Sid: string; Action: string[]; Resource: string[] }[];
  outputKey: string;
}

/** The roles of one workspace. */
interface StackDescription {
  id: string;
  name: string;
  description: string;
  account: string;
  region: string;
  tags: Record<string, string>;
  roles: RoleDescription[];
}

function addRole(stack: import("aws-cdk-lib").Stack, wanted: RoleDescription): void {
  const role = new iam.Role(stack, wanted.project, {
    assumedBy: new iam.AccountPrincipal(wanted.vendorAccount),
    externalIds: [wanted.externalId],
    roleName: wanted.roleName,
    path: wanted.path,
    description: wanted.description,
    maxSessionDuration: cdk.Duration.seconds(wanted.sessionSeconds),
  });
  for (const [key, value] of Object.entries(wanted.tags)) {
    cdk.Tags.of(role).add(key, value);
  }
  new iam.ManagedPolicy(stack, `${wanted.project}-policy`, {
    managedPolicyName: wanted.roleName,
    path: wanted.path,
    roles: [role],
    statements: wanted.statements.map(
      ({ Sid, Action, Resource }) => new iam.PolicyStatement({ sid: Sid, actions: Action, resources: Resource }),
    ),
  });
  new cdk.CfnOutput(stack, wanted.outputKey, { value: role.roleArn });
}

const stacks: StackDescription[] = JSON.parse(readFileSync(process.argv[2], "utf-8"));
// Without metadata of its own, as Rolecall's app is: that costs either side time and is no part of a template.
const app = new cdk.App({ analyticsReporting: false, treeMetadata: false });
for (const { id, name, description, account, region, tags, roles } of stacks) {
  const stack = new cdk.Stack(app, id, { stackName: name, description, env: { account, region }, tags });
  for (const role of roles) {
    addRole(stack, role);
  }
}
app.synth();
