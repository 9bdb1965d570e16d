// `npm run picture`: draws the architecture anew, after a function, a queue or a table has come or gone.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { draw } from './draw.ts';
import { readParts } from './parts.ts';

await writeFile(join(import.meta.dirname, '../../shared/architecture.svg'), draw(await readParts()));
