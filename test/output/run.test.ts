import { describe, expect, it } from 'vitest';
import { runDocument } from '../../shared/output/run.ts';
import { aRun } from '../cli/app.ts';

const LINES = ['OK name: resolves to 10.0.0.1', 'WARN accept: nobody -> kubectl annotate', '… and 3 more'];

describe('the document of a run', () => {
  it('has the lines that people read, as they stand', () => {
    const { status } = runDocument(aRun({ lines: LINES }));
    expect(status).toMatchObject({ state: 'done', lines: LINES });
    expect(status).not.toHaveProperty('findings');
  });

  it('has the findings of a check in parts, and what is none as it stands', () => {
    const { status } = runDocument(aRun({ kind: 'check', lines: LINES }));
    expect(status.findings).toEqual([
      { level: 'OK', step: 'name', message: 'resolves to 10.0.0.1' },
      { level: 'WARN', step: 'accept', message: 'nobody', fix: 'kubectl annotate' },
      { level: 'WARN', step: 'check', message: '… and 3 more' },
    ]);
    expect(status).not.toHaveProperty('lines');
  });
});
