import type { Stack } from '../stack/start.ts';

/** A heading, and what to type under it. */
type Step = readonly [heading: string, ...commands: string[]];

const EXAMPLE = 'app-1--postgres972--connectionstring';

/** What somebody can do with the stack, to be copied line by line; `people`: where curl finds the people. */
export function guideTo({ hosts: [host], functionsKey }: Stack, people: string): Step[] {
  return [
    [
      'Rotate a secret (sets it in the vault and delivers the event to the functions):',
      `curl -X PUT --data 'Host=pg;Password=1' ${people}/secrets/${EXAMPLE}`,
    ],
    ['See what a cluster holds:', `curl ${people}/clusters/weu-1`],
    [
      'Let namespace app-3 accept its secrets in weu-1, as its owner does with kubectl annotate, and send it one:',
      `curl -X PUT --data 'app-3--' ${people}/clusters/weu-1/namespaces/app-3/accept`,
      `curl -X PUT --data 'made up' ${people}/secrets/app-3--pg--password`,
    ],
    [
      'Let a cluster go down, and come back:',
      `curl -X POST ${people}/clusters/neu-1/down`,
      `curl -X POST ${people}/clusters/neu-1/up`,
    ],
    [
      'Tell the command where this deployment is, in another terminal in this folder (npx brings the Node that it needs):',
      '. ./local.env',
    ],
    [
      'Ask where a secret is, what is wrong anywhere, and what a run would do now:',
      `npx vaultcast explain ${EXAMPLE}`,
      'npx vaultcast get problems',
      'npx vaultcast plan',
    ],
    [
      'Look into a cluster from the app (no policy stands there, and the app may do anything: check says so):',
      'npx vaultcast check weu-1',
    ],
    [
      'Deliver a secret at once, and bring everything up to date:',
      `npx vaultcast push ${EXAMPLE}`,
      'npx vaultcast reconcile',
    ],
    [
      'Look at the registry, and change it: edit local.yaml, then see what would change, and apply it:',
      'npx vaultcast get route app-3 -o yaml > local.yaml',
      'npx vaultcast apply -f local.yaml --dry-run',
      'npx vaultcast apply -f local.yaml --yes',
    ],
    ['Ask the functions how they are:', `curl -H 'x-functions-key: ${functionsKey}' ${host?.url}/api/status`],
    [
      'Let them compare every cluster with the vault now instead of every fifteen minutes:',
      `curl -X POST -H 'content-type: application/json' -H 'x-functions-key: ${host?.keys.master}' --data '{}' ${host?.url}/admin/functions/reconcile-timer`,
    ],
  ];
}
