/** Less than the table's column holds, so that what is read back compares equal to what was written. */
const LONGEST = 1000;

/** A message as a row keeps it. */
export function rowText(message: string): string {
  return message.length > LONGEST ? `${message.slice(0, LONGEST - 1)}…`.toWellFormed() : message;
}
