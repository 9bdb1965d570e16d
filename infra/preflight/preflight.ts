import { z } from 'zod';
import { askAz } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { azdFindings } from './azd.ts';
import { clusterFindings } from './clusters.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { groupFindings } from './group.ts';
import { nameFindings } from './names.ts';
import { offerFindings } from './offers.ts';
import { type Environment, type Parameters, withDefaults } from './parameters.ts';
import { providerFindings } from './providers.ts';
import { refusals } from './refusals.ts';
import { regionFindings } from './region.ts';
import { rightFindings } from './rights.ts';
import { settingRefusals } from './settings.ts';
import { shaped } from './shape.ts';
import { subnetFindings } from './subnets.ts';
import { topicsOf } from './topics.ts';
import { vaultFindings } from './vaults.ts';

export interface Checked {
  /** Problems first, each once. */
  findings: Finding[];
  /** The parameters, with what was found out. */
  parameters: Record<string, unknown>;
}

/** Parameters of older releases, and what stands in their place. */
const RENAMED: Record<string, string> = {
  operatorsGroupId: 'operatorsGroupId: is called operatorsId now.',
};

/** az account show */
const ACCOUNT = z.object({
  id: z.string(),
  tenantId: z.string(),
  user: z.object({ type: z.string() }),
});
type Account = z.infer<typeof ACCOUNT>;

/**
 * Asks everything that decides whether a deployment of these parameters will work, and says all of it at once: nothing
 * is changed in Azure. With `runAzd` it looks at that tool, too.
 */
export async function preflight(
  run: RunAz,
  given: Readonly<Record<string, unknown>>,
  environment: Environment,
  runAzd?: RunAz,
): Promise<Checked> {
  const account = await askAz(run, ['account', 'show'], ACCOUNT);
  const parameters = account.ok ? deployedBy(given, account.json) : { ...given };
  const ofAzd = runAzd === undefined ? [] : await azdFindings(runAzd);
  const { findings: ours, sound } = ourFindings(parameters, environment);
  const told = [...ofAzd, ...ours];
  if (!account.ok) return { findings: sorted([...told, unanswered(account, 'your sign-in')]), parameters };
  // azd passes what is not set as an empty text.
  const subscription = environment['AZURE_SUBSCRIPTION_ID'] || account.json.id;
  const place = { subscription, tenant: account.json.tenantId };
  const asked = await azureFindings(run, withDefaults(sound), place, environment);
  return { findings: sorted([...told, ...asked.findings]), parameters: { ...parameters, ...asked.found } };
}

/** azd knows who deploys, but tells it to the template only. */
function deployedBy(given: Readonly<Record<string, unknown>>, { user }: Account): Record<string, unknown> {
  const known = given['principalType'] ?? '';
  const principalType = user.type.toLowerCase() === 'serviceprincipal' ? 'ServicePrincipal' : 'User';
  return { ...given, principalType: known === '' ? principalType : known };
}

interface Ours {
  findings: Finding[];
  /** Parameters that can be asked about. */
  sound: Record<string, unknown>;
}

/** What is wrong whatever Azure says. */
function ourFindings(parameters: Record<string, unknown>, environment: Environment): Ours {
  const known = Object.entries(parameters).filter(([name]) => !(name in RENAMED));
  const { misfits, wrong, sound } = shaped(Object.fromEntries(known));
  const whole = withDefaults(sound);
  const refused = [...refusals(whole), ...settingRefusals(whole)];
  // What is of the wrong kind counts as not given, and is not blamed for that, too.
  const others = refused.filter((text) => ![...wrong].some((name) => text.startsWith(`${name}:`)));
  const texts = [...misfits, ...others];
  return { findings: [...oldNames(parameters, environment), ...texts.map((text) => problem(text))], sound };
}

function oldNames(parameters: Record<string, unknown>, environment: Environment): Finding[] {
  const old = Object.entries(RENAMED).flatMap(([name, text]) => (name in parameters ? [problem(text)] : []));
  const oldGroup = environment['VAULTCAST_OPERATORS_GROUP_ID'] ?? '';
  if (oldGroup !== '' && (environment['VAULTCAST_OPERATORS_ID'] ?? '') === '')
    old.push(
      problem(
        'VAULTCAST_OPERATORS_GROUP_ID: is called VAULTCAST_OPERATORS_ID now.',
        `azd env set VAULTCAST_OPERATORS_ID ${oldGroup}`,
      ),
    );
  return old;
}

/** Where the instance is deployed to. */
interface Place {
  subscription: string;
  tenant: string;
}

async function azureFindings(
  run: RunAz,
  given: Parameters,
  { subscription, tenant }: Place,
  environment: Environment,
): Promise<{ findings: Finding[]; found: Record<string, unknown> }> {
  const accepted = (environment['VAULTCAST_ACCEPT_CLUSTERS'] ?? '').split(',').map((name) => name.trim());
  const looking = topicsOf(run, given);
  const asked = await Promise.all([
    vaultFindings(run, given, tenant),
    clusterFindings(run, given, accepted),
    regionFindings(run, given),
    offerFindings(run, given, subscription),
    subnetFindings(run, given),
    providerFindings(run, given, subscription),
    looking.then(({ groups }) => rightFindings(run, given, subscription, groups)),
    groupFindings(run, given, subscription),
    nameFindings(run, given, subscription),
  ]);
  const { findings, systemTopics } = await looking;
  return { findings: [...asked.flat(), ...findings], found: { systemTopics } };
}

/** Many questions may meet the same wall, such as an expired sign-in. */
function sorted(findings: readonly Finding[]): Finding[] {
  const once = [...new Map(findings.map((finding) => [finding.text, finding])).values()];
  return [...once.filter(({ kind }) => kind === 'problem'), ...once.filter(({ kind }) => kind === 'note')];
}
