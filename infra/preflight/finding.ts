import type { Refusal, Refused } from '../az/answer.ts';

/** What a person should know before a deployment. */
export interface Finding {
  /** A problem stops the deployment; a note says what else is to be done or known. */
  kind: 'problem' | 'note';
  /** A sentence that begins with what it is about. */
  text: string;
  /** What mends it, ready to be run. */
  command?: string;
}

export const problem = (text: string, command?: string): Finding => ({
  kind: 'problem',
  text,
  ...(command !== undefined && { command }),
});

export const note = (text: string, command?: string): Finding => ({
  kind: 'note',
  text,
  ...(command !== undefined && { command }),
});

/** Hold for the whole run: they are said once, however many questions meet them. */
const ONCE: Partial<Record<Refusal, Finding>> = {
  missing: problem('The Azure CLI is not installed, or not on the PATH.', 'open https://aka.ms/azcli'),
  login: problem('The Azure CLI is not signed in any more.', 'az login'),
};

/** Why a question could not be answered, about what it was asked. */
export function unanswered({ refusal, text }: Refused, about: string): Finding {
  const once = ONCE[refusal];
  if (once !== undefined) return once;
  if (refusal === 'slow') return problem(`${about}: Azure did not answer in time; run the preflight again.`);
  if (refusal === 'absent') return problem(`${about} does not exist, or not in this subscription or tenant.`);
  if (refusal === 'forbidden')
    return problem(
      `${about}: you may not look at it; whoever deploys needs Reader there at least, and more below.`,
    );
  return problem(`${about}: the question failed: ${text}`);
}
