/**
 * Why a request got no answer that can be used, in words of ours that may be passed on.
 * - `unsent`: no connection was free for it
 * - `late`: it was sent, and nothing whole came back in time
 * - `given-up`: whoever asked waits no longer
 * - `too-large`: of a list, a smaller page may do
 * - `unusable`: anything else
 */
export class ExchangeFailure extends Error {
  override readonly name = 'ExchangeFailure';
  readonly kind: 'unsent' | 'late' | 'given-up' | 'too-large' | 'unusable';
  /** Whether the other side was asked at all. */
  readonly isSent: boolean;

  constructor(kind: ExchangeFailure['kind'], message: string, isSent = true) {
    super(message);
    this.kind = kind;
    this.isSent = isSent;
  }
}
