/**
 * The route that owns a target, of those that claim it through a source its namespace accepts: the one recorded on the
 * live Secret while it is among them, else the lowest name. Undefined when nobody claims it.
 */
export function ownerOf(claimants: readonly string[], recorded: string | undefined): string | undefined {
  if (recorded !== undefined && claimants.includes(recorded)) return recorded;
  return [...claimants].sort()[0];
}
