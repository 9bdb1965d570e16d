import { BUGS, caught, copyOfSources, drop } from './plant.ts';

/**
 * `npm run test:bugs [word]`: plants each bug of the list, or those whose name holds the word, into a copy of the sources and
 * shows who catches it: a test, or a program of the model by its rule and how many programs it took. Exits with 1 when one goes
 * unnoticed: then the tests are not worth what they claim.
 */
const [word = ''] = process.argv.slice(2);
const copy = await copyOfSources();
let unnoticed = 0;
try {
  for (const bug of BUGS.filter(({ name }) => name.includes(word))) {
    const start = Date.now();
    const complaint = await caught(bug, copy);
    const seconds = Math.round((Date.now() - start) / 1000);
    if (complaint === undefined) unnoticed += 1;
    const verdict = complaint === undefined ? 'NOT CAUGHT' : 'caught    ';
    const row = bug.row === undefined ? '' : `row ${bug.row}: `;
    console.log(`${verdict} ${row}${bug.name} (${bug.caughtBy}, ${seconds} s) ${complaint ?? ''}`);
  }
} finally {
  await drop(copy);
}
process.exit(unnoticed === 0 ? 0 : 1);
