import { type Code, CODES, type Failure, isRetryable } from '../errors.ts';
import type { Target } from '../route/targets.ts';
import type { SourceStatus } from '../source/source.ts';
import type { Change } from '../target/change.ts';
import type { SecretMetadata } from '../target/secret.ts';

/** How far the look at a target came: what is recorded of a refusal, so that it is not looked into again and again. */
type Look =
  | { at: 'nothing' }
  /** The Secret is ours, or absent (undefined). */
  | { at: 'secret'; secret: Effect['secret'] | undefined }
  | {
      at: 'sources';
      secret: Effect['secret'] | undefined;
      /** By name; no value is held longer than the push. */
      sources: ReadonlyMap<string, SourceStatus>;
      /** Sources of the target that the namespace does not accept. */
      refused: readonly string[];
      /** Sources that the vault answered with an older version of than the one delivered. */
      stale: readonly string[];
    };

/** What a write came to, or would. */
interface Effect {
  action: Change['action'];
  /** The Secret as it stands now. */
  secret: Pick<SecretMetadata, 'uid' | 'resourceVersion'>;
  /** As recorded on the Secret; undefined when nothing was looked up. */
  recorded: string | undefined;
  /** The version, now in the Secret, of the secret that was asked about. */
  version: string | undefined;
  /** Versions that came into the Secret with this write, by the name of their secret. */
  brought: ReadonlyMap<string, string>;
  /** Keys that left with this write because their source is gone and the route asks for it. */
  removed: readonly string[];
  /** Keys whose route or consent is gone: they left with this write, or leave with the next. */
  left: readonly string[];
}

interface Base {
  target: Target;
  look: Look;
  code: Code;
  message: string;
}

/** What could not be done of a target that is otherwise up to date; `source`: of this one, whose keys stay as found. */
interface Unfinished extends Failure {
  source?: string;
}

/** What became of one target. Every target of a delivery gets exactly one. */
export type Outcome =
  /** The Secret is as it should be. Where part of it could not be done, the code is that of the first `unfinished`. */
  | (Base & { kind: 'synced'; effect: Effect; unfinished: readonly Unfinished[] })
  /** It left with its last key; `unfinished`: sources that would have given it another, and could not. */
  | (Base & { kind: 'removed'; effect: Effect; unfinished: readonly Unfinished[] })
  | (Base & { kind: 'planned'; effect: Effect })
  /** Nothing stands there, and nothing is to: no source gives a value. */
  | (Base & { kind: 'absent' })
  /** A person must act. */
  | (Base & { kind: 'refused' })
  | (Base & { kind: 'failed'; retryAfterMs: number | undefined })
  /** Not tried: its cluster is in back-off. */
  | (Base & { kind: 'held'; retryAfterMs: number })
  | (Base & { kind: 'gave-up' });

/** A target that was not written, and why: whether it is tried again is a question about the code. */
export function unwritten(target: Target, look: Look, failure: Failure): Outcome {
  const { code, message, retryAfterMs } = failure;
  const base = { target, look, code, message };
  return CODES[code].retry === 'no'
    ? { ...base, kind: 'refused' }
    : { ...base, kind: 'failed', retryAfterMs };
}

export function effectOf(outcome: Outcome): Effect | undefined {
  return 'effect' in outcome ? outcome.effect : undefined;
}

export function unfinishedOf(outcome: Outcome): readonly Unfinished[] {
  return 'unfinished' in outcome ? outcome.unfinished : [];
}

/** Whether the same work is to be tried again: a part that a person must mend first is not. */
export function isUnfinished(outcome: Outcome): boolean {
  if (outcome.kind === 'failed' || outcome.kind === 'held') return true;
  return unfinishedOf(outcome).some(({ code }) => isRetryable(code));
}
