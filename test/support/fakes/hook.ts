/**
 * Awaited before (`queue.push`) and after (`queue.push done`) the effect of every call of a fake. A scheduler decides in
 * it who goes next; a crash comes before or after the effect, which is synchronous, never within.
 */
export type Hook = (call: string) => Promise<void>;

export const noHook: Hook = () => Promise.resolve();
