/**
 * The sources cannot be made into what the route asks for. The message names secrets and keys, never a value, and nothing
 * that depends on a value's characters: whoever writes a route could spell the value by it. `detail` says more (names inside
 * a value, line and column), for the terminal of a person who may read the values.
 */
export class RenderRefusal extends Error {
  override readonly name = 'RenderRefusal';
  readonly detail: string;
  /** The secret that is to blame, where it is one. */
  readonly source: string | undefined;

  constructor(message: string, more: { detail?: string; source?: string } = {}) {
    super(message);
    this.detail = more.detail ?? message;
    this.source = more.source;
  }
}

/** Runs work on the value of one secret: a refusal of it names that secret. */
export async function blaming<T>(source: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RenderRefusal) || error.source !== undefined) throw error;
    throw new RenderRefusal(error.message, { detail: error.detail, source });
  }
}
