import { askAz } from '../az/answer.ts';
import type { RunAz } from '../az/run.ts';
import { azdFindings } from './azd.ts';
import { clusterFindings } from './clusters.ts';
import { type Finding, problem, unanswered } from './finding.ts';
import { nameFindings } from './names.ts';
import { type Environment, withDefaults } from './parameters.ts';
import { providerFindings } from './providers.ts';
import { refusals } from './refusals.ts';
import { regionFindings } from './region.ts';
import { rightFindings } from './rights.ts';
import { settingRefusals } from './settings.ts';
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
interface Account {
  id: string;
  user: { type: string };
}

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
  const account = await askAz(run, ['account', 'show']);
  const parameters = account.ok ? deployedBy(given, account.json as Account) : { ...given };
  const ofAzd = runAzd === undefined ? [] : await azdFindings(runAzd);
  const told = [...ofAzd, ...ourFindings(parameters, environment)];
  if (!account.ok) return { findings: sorted([...told, unanswered(account, 'your sign-in')]), parameters };
  const subscription = environment['AZURE_SUBSCRIPTION_ID'] ?? (account.json as Account).id;
  const asked = await azureFindings(run, parameters, subscription, environment);
  return { findings: sorted([...told, ...asked.findings]), parameters: { ...parameters, ...asked.found } };
}

/** azd knows who deploys, but tells it to the template only. */
function deployedBy(given: Readonly<Record<string, unknown>>, { user }: Account): Record<string, unknown> {
  const known = given['principalType'] ?? '';
  const principalType = user.type.toLowerCase() === 'serviceprincipal' ? 'ServicePrincipal' : 'User';
  return { ...given, principalType: known === '' ? principalType : known };
}

function ourFindings(parameters: Record<string, unknown>, environment: Environment): Finding[] {
  const old = Object.entries(RENAMED).flatMap(([name, text]) => (name in parameters ? [problem(text)] : []));
  const oldGroup = environment['VAULTCAST_OPERATORS_GROUP_ID'] ?? '';
  if (oldGroup !== '' && (environment['VAULTCAST_OPERATORS_ID'] ?? '') === '')
    old.push(
      problem(
        'VAULTCAST_OPERATORS_GROUP_ID: is called VAULTCAST_OPERATORS_ID now.',
        `azd env set VAULTCAST_OPERATORS_ID ${oldGroup}`,
      ),
    );
  const whole = withDefaults(parameters);
  return [...old, ...[...refusals(whole), ...settingRefusals(whole)].map((text) => problem(text))];
}

async function azureFindings(
  run: RunAz,
  parameters: Record<string, unknown>,
  subscription: string,
  environment: Environment,
): Promise<{ findings: Finding[]; found: Record<string, unknown> }> {
  const given = withDefaults(parameters);
  const accepted = (environment['VAULTCAST_ACCEPT_CLUSTERS'] ?? '').split(',').map((name) => name.trim());
  const [topics, ...others] = await Promise.all([
    topicsOf(run, given),
    vaultFindings(run, given),
    clusterFindings(run, given, accepted),
    regionFindings(run, given),
    providerFindings(run, given, subscription),
    rightFindings(run, given, subscription),
    nameFindings(run, given, subscription),
  ]);
  return {
    findings: [...others.flat(), ...topics.findings],
    found: { systemTopics: topics.systemTopics },
  };
}

/** Many questions may meet the same wall, such as an expired sign-in. */
function sorted(findings: readonly Finding[]): Finding[] {
  const once = [...new Map(findings.map((finding) => [finding.text, finding])).values()];
  return [...once.filter(({ kind }) => kind === 'problem'), ...once.filter(({ kind }) => kind === 'note')];
}
