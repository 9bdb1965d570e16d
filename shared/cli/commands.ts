import type { AddCommand } from './command.ts';

/**
 * A command as the help shows it. Everything else stands in its own file, which is loaded when the command line names it:
 * one command never waits for what another one needs, and the help waits for none.
 */
interface Entry {
  name: string;
  summary: string;
  hidden?: true;
  /** It belongs to no deployment: no context is looked up for it. */
  local?: true;
  load: () => Promise<AddCommand>;
}

/** In the order of the help. A new command is a file and an entry here. */
export const COMMANDS: readonly Entry[] = [
  {
    name: 'init',
    summary:
      'Begin: find a deployment and its clusters, write documents and a context, and say what is left to do',
    local: true,
    load: async () => (await import('./init/init.ts')).addInit,
  },
  {
    name: 'apply',
    summary:
      'Apply Cluster and Route documents: judges them, shows a plan, asks, writes, and starts a reconcile of it',
    load: async () => (await import('./apply/apply.ts')).addApply,
  },
  {
    name: 'validate',
    local: true,
    summary: 'Judge Cluster and Route documents offline; exit code 2 when something is wrong with them',
    load: async () => (await import('./validate.ts')).addValidate,
  },
  {
    name: 'get',
    summary:
      'Show clusters, routes, targets, problems or runs; exit code 2 when there are invalid rows or problems',
    load: async () => (await import('./get/get.ts')).addGet,
  },
  {
    name: 'explain',
    summary:
      'Show where a secret is, which version, since when, and why not; exit code 2 when something is wrong',
    load: async () => (await import('./explain/explain.ts')).addExplain,
  },
  {
    name: 'dashboard',
    summary:
      'Open a page on this machine that shows all of it, with your own sign-in; changes nothing by itself',
    load: async () => (await import('./dashboard/dashboard.ts')).addDashboard,
  },
  {
    name: 'wait',
    summary:
      'Wait until a secret has arrived everywhere, for pipelines that rotate and then deploy; reads only',
    load: async () => (await import('./wait.ts')).addWait,
  },
  {
    name: 'delete',
    summary: 'Delete clusters or routes from the registry: says what that strands, asks, then deletes',
    load: async () => (await import('./delete.ts')).addDelete,
  },
  {
    name: 'render',
    summary:
      'Show the Secrets a route makes: keys, sizes, sources and types, never values; exit code 2 when refused',
    load: async () => (await import('./render/render.ts')).addRender,
  },
  {
    name: 'check',
    summary:
      'Ask the app to check how it reaches clusters, and what it may do there; says how to fix what is wrong',
    load: async () => (await import('./check.ts')).addCheck,
  },
  {
    name: 'plan',
    summary:
      'Ask the app what a reconcile would do now; writes nothing; exit code 2 when it would do something',
    load: async () => (await import('./reconcile.ts')).addPlan,
  },
  {
    name: 'reconcile',
    summary: 'Ask the app to bring all targets up to date now, without waiting for its timer',
    load: async () => (await import('./reconcile.ts')).addReconcile,
  },
  {
    name: 'push',
    summary: 'Ask the app to deliver one secret now, as if it had just changed',
    load: async () => (await import('./push.ts')).addPush,
  },
  {
    name: 'ack',
    summary: 'Say that you know of a problem: it stays where it is, with your name, until it changes',
    load: async () => (await import('./ack.ts')).addAck,
  },
  {
    name: 'namespace',
    summary:
      'Print the manifests that let a namespace receive secrets: its consent, and the right to write there',
    local: true,
    load: async () => (await import('./namespace.ts')).addNamespace,
  },
  {
    name: 'import',
    summary:
      'Write routes for what External Secrets Operator, akv2k8s or the CSI driver deliver: says what differs, changes nothing',
    load: async () => (await import('./import/import.ts')).addImport,
  },
  {
    name: 'adopt',
    summary:
      'Take over existing Secrets, by name and with your own kubeconfig: shows a plan, asks, then labels them',
    load: async () => (await import('./adopt/adopt.ts')).addAdopt,
  },
  {
    name: 'cluster',
    summary: 'Help with Cluster documents',
    local: true,
    load: async () => (await import('./cluster/import.ts')).addCluster,
  },
  {
    name: 'context',
    summary: 'Show, choose and make contexts: where a deployment is, so that no command has to be told',
    local: true,
    load: async () => (await import('./context/context.ts')).addContext,
  },
  {
    name: 'explain-field',
    summary: 'Show what a field of Cluster and Route documents is for, what it may hold, and an example',
    local: true,
    load: async () => (await import('./explain-field/explain-field.ts')).addExplainField,
  },
  {
    name: 'schema',
    summary: 'Print the JSON Schema of registry documents, for editors',
    local: true,
    load: async () => (await import('./schema.ts')).addSchema,
  },
  {
    name: 'completion',
    summary: 'Print the completion script of a shell',
    local: true,
    load: async () => (await import('./completion/completion.ts')).addCompletion,
  },
  {
    name: 'complete',
    summary: 'What those scripts call at each Tab',
    hidden: true,
    local: true,
    load: async () => (await import('./completion/completion.ts')).addComplete,
  },
];
