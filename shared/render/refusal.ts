/** The sources cannot be made into what the route asks for. The message names secrets and keys, never a value. */
export class RenderRefusal extends Error {
  override readonly name = 'RenderRefusal';
}
