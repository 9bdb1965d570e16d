import type { Io } from '../terminal/io.ts';

/** What pipelines and shells call whoever runs them, and the commit they run at. */
const AUTHORS = ['GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'BUILD_REQUESTEDFOREMAIL', 'USER', 'USERNAME'];
const COMMITS = ['GITHUB_SHA', 'CI_COMMIT_SHA', 'BUILD_SOURCEVERSION'];

/** Whoever runs the command, as their environment says. */
export function authorOf(env: Io['env']): string | undefined {
  return firstOf(AUTHORS, env);
}

function firstOf(names: readonly string[], env: Io['env']): string | undefined {
  return names.map((name) => env[name] ?? '').find((value) => value !== '');
}

/** Who writes, when, and from which commit: claimed, for an environment says what it is told. */
export function claimOf(env: Io['env'], now: Date) {
  const [appliedBy, commit] = [authorOf(env), firstOf(COMMITS, env)];
  return {
    appliedAt: now.toISOString(),
    ...(appliedBy === undefined ? {} : { appliedBy }),
    ...(commit === undefined ? {} : { commit }),
  };
}
