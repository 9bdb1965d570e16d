/**
 * Awaited before (`queue.push`) and after (`queue.push done`) the effect of every call of a fake. A scheduler decides in
 * it who goes next; a test that throws a VaultcastError from it makes the call fail before its effect, or lose its answer.
 */
export type Hook = (call: string) => Promise<void>;

export const noHook: Hook = () => Promise.resolve();

/** The effect is synchronous: a crash comes before or after it, never within. */
export async function stepped<T>(hook: Hook, call: string, effect: () => T): Promise<T> {
  await hook(call);
  const result = effect();
  await hook(`${call} done`);
  return result;
}
