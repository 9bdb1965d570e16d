import type { SetOptions } from '../../local/key-vault/state.ts';
import type { KubernetesStandIn } from '../../local/kubernetes/api-server.ts';
import type { Rotation } from '../../local/stack/events.ts';
import type { Stack } from '../../local/stack/start.ts';
import { ACCEPT, routeYaml } from '../../local/stack/tenancy.ts';

/** What a key must hold: a secret, or what `take` makes of its value; undefined where it can make nothing. */
export interface Origin {
  secret: string;
  take: (value: string) => string | undefined;
}

/** A Secret that a route asks for, as the people who wrote the route mean it. */
export interface Goal {
  cluster: string;
  namespace: string;
  name: string;
  vault: string;
  route: string;
  /** Changes with what people do in the story. */
  keys: Record<string, Origin>;
  /** `rival`: by a second route, while the first one owns the target. */
  claim: 'claimed' | 'paused' | 'unclaimed' | 'rival';
  /** What keeps vaultcast from it; what its row must say then. */
  trouble?: Trouble;
}

export interface Trouble {
  state: string;
  reason: string;
}

/** Nobody told vaultcast, and it could not look: its row goes on saying what it said. */
export const UNHEARD: Trouble = { state: 'synced', reason: 'UNCHANGED' };

/** What people do between two runs; nothing is said to vaultcast but by events. */
export type Step = (hands: Hands) => unknown;

export interface Story {
  /** Also its namespace, its route, and the first segment of its secrets. */
  name: string;
  about: string;
  goals: Goal[];
  /** Of the route. */
  spec: Record<string, unknown>;
  /** Of the namespace; undefined: there is none at first. */
  accept: string | undefined;
  vault: string;
  /** The first one before the first run, and so on; a story that is over stands still. */
  steps: Step[];
}

/** What the people of a story can do. */
export interface Hands {
  stack: Stack;
  story: Story;
  /** `password` of the story `expired`: `expired--pg--password`. */
  secret(key?: string): string;
  /** A new version, told by an event. */
  rotate(key?: string, value?: string): Promise<Rotation>;
  /** A new version that no event tells of. */
  slip(key?: string, options?: SetOptions & { value?: string }): string;
  cluster(name?: string): KubernetesStandIn;
  accept(text: string | undefined): void;
  /** Applies the route with these fields in place of its own. */
  route(changes: Record<string, unknown>): Promise<unknown>;
  claim(is: Goal['claim']): void;
  /** A second route of the same claims begins or ends. */
  rival(route: string, is: 'begins' | 'ends'): Promise<unknown>;
  /** In all goals, or those in one cluster; without: it is over. */
  trouble(is?: Trouble, cluster?: string): void;
  /** A person's command that the app carries out. */
  command(...args: string[]): Promise<unknown>;
}

interface Plot {
  spec?: Record<string, unknown>;
  accept?: string | undefined;
  clusters?: string[];
  vault?: string;
  keys?: Record<string, string | Origin>;
  /** Of the Secret; default `pg`. */
  target?: string;
}

const whole = (secret: string): Origin => ({ secret, take: (value) => value });

export const property = (secret: string, name: string): Origin => ({
  secret,
  take: (value) => {
    try {
      const found: unknown = (JSON.parse(value) as Record<string, unknown>)[name];
      return typeof found === 'string' ? found : undefined;
    } catch {
      return undefined;
    }
  },
});

/** A story of one namespace and one route, to one Secret in each cluster: `NAME/pg` with the key `password`. */
export function story(name: string, about: string, plot: Plot, ...steps: Step[]): Story {
  const { spec = {}, clusters = ['weu-1'], vault = 'team', target = 'pg' } = plot;
  const { keys = { password: `${name}--${target}--password` } } = plot;
  const origins = Object.fromEntries(
    Object.entries(keys).map(([key, from]) => [key, typeof from === 'string' ? whole(from) : from]),
  );
  const goals = clusters.map((cluster) => ({
    cluster,
    namespace: name,
    name: target,
    vault,
    route: name,
    keys: { ...origins },
    claim: 'claimed' as const,
  }));
  const route = { vault, prefix: `${name}--`, namespaces: [name], clusters: { names: clusters }, ...spec };
  return {
    name,
    about,
    goals,
    spec: route,
    accept: 'accept' in plot ? plot.accept : `${name}--`,
    vault,
    steps,
  };
}

let counter = 0;

export function handsOf(stack: Stack, told: Story): Hands {
  const secret: Hands['secret'] = (key = 'password') => `${told.name}--pg--${key}`;
  const fresh = (key: string): string => `${secret(key)} #${(counter += 1)}`;
  return {
    stack,
    story: told,
    secret,
    rotate: (key = 'password', value = fresh(key)) => stack.rotate(secret(key), value, { vault: told.vault }),
    slip: (key = 'password', { value = fresh(key), ...options } = {}) =>
      stack.vault.set(told.vault, secret(key), value, options),
    cluster: (name = 'weu-1') => stack.cluster(name),
    accept: (text) => void stack.cluster('weu-1').annotate(told.name, { [ACCEPT]: text }),
    route: (changes) => {
      Object.assign(told.spec, changes);
      const args = ['apply', '-f', '-', '--yes', '--allow-collisions'];
      return stack.vaultcast(args, routeYaml(told.name, told.spec));
    },
    claim: (is) => {
      for (const goal of told.goals) goal.claim = is;
    },
    rival: (route, is) => {
      const rivals = told.goals.map((goal): Goal => ({ ...goal, route, claim: 'rival' }));
      if (is === 'begins') told.goals.push(...rivals);
      else told.goals = told.goals.filter((goal) => goal.route !== route);
      return is === 'begins'
        ? stack.vaultcast(['apply', '-f', '-', '--yes', '--allow-collisions'], routeYaml(route, told.spec))
        : stack.vaultcast(['delete', 'route', route, '--yes']);
    },
    trouble: (is, cluster) => {
      for (const goal of told.goals.filter((one) => cluster === undefined || one.cluster === cluster))
        if (is === undefined) delete goal.trouble;
        else goal.trouble = is;
    },
    command: (...args) => stack.ask([...args, '--storage', stack.storage.connectionString]),
  };
}
