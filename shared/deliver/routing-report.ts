import type { Code } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { BadRow } from '../registry/document.ts';
import type { Claim, Unplaced } from '../route/targets.ts';
import { causeNames } from '../status/cause.ts';
import type { Job } from '../retry/settle.ts';

/** What the registry made of a secret, besides targets: each line says what to mend, or that there is nothing to do. */
export function reportRouting(
  ports: Pick<Ports, 'log'>,
  job: Job,
  claims: readonly Claim[],
  unplaced: readonly Unplaced[],
  bad: readonly BadRow[],
): void {
  const { only } = job;
  const names = {
    vault: job.secret.vault,
    secret: job.secret.name,
    ...causeNames(job.cause),
    attempt: job.attempt,
  };
  for (const row of bad)
    ports.log.outcome({ code: 'BAD_ROW', message: `${row.kind} ${row.name}: ${row.message}`, ...names });
  if (only !== undefined) {
    if (claims.length === 0) ports.log.outcome({ ...unwanted(unplaced), ...names, ...only });
    return;
  }
  for (const { route, code, message } of unplaced)
    ports.log.outcome({ code, message, ...names, route: route.metadata.name });
  if (claims.length === 0 && unplaced.length === 0)
    ports.log.outcome({
      code: 'NO_ROUTE',
      message: 'no route of a registered cluster wants this secret',
      ...names,
    });
}

/** Why nothing is done for a target that waited: what is paused is picked up by the first run after the pause. */
function unwanted(unplaced: readonly Unplaced[]): { code: Code; message: string } {
  const paused = unplaced.find(({ code }) => code === 'PAUSED');
  return paused === undefined
    ? { code: 'SUPERSEDED', message: 'no route wants this target any more' }
    : { code: 'PAUSED', message: paused.message };
}
