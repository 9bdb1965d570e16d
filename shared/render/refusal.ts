import { CertificateError } from '../certificate/error.ts';

/** The sources cannot be made into what the route asks for. The message names secrets and keys, never a value. */
export class RenderRefusal extends Error {
  override readonly name = 'RenderRefusal';
}

/** Runs what opens or writes certificates; what that refuses is a refusal of the rendering, in the same words. */
export async function refusing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof CertificateError ? new RenderRefusal(error.message) : error;
  }
}
