import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readDocuments } from '../../shared/registry/read.ts';
import { writtenCluster, writtenRoute } from '../support/documents.ts';

/** `field: message`, in order. */
const problemsOf = (document: unknown): string[] =>
  readDocuments('r.yaml', stringify(document)).problems.map(
    ({ field = '', message }) => `${field}: ${message.replace(/ \(known here.*/, '')}`,
  );
const problemsOfRoute = (spec: object): string[] => problemsOf(writtenRoute('app-1', { ...spec }));
const problemsOfCluster = (spec: object): string[] => problemsOf(writtenCluster('weu-1', { ...spec }));

describe('a document of which a field is wrong', () => {
  it('is judged between the other fields, too, so that one try tells everything', () => {
    expect(problemsOfRoute({ key: 'k', paused: 'yes', layot: 'flat' })).toEqual([
      'spec.paused: found "yes", must be a boolean',
      'spec.layot: unknown field; did you mean layout?',
      'spec.key: only applies to layout flat',
    ]);
    expect(
      problemsOfCluster({ scope: 'all', server: undefined, allowStaticCredentials: true }).slice(1),
    ).toEqual(['spec.server: exactly one of aks and server must be set']);
    expect(problemsOfCluster({ scope: 'all', credential: undefined }).slice(1)).toEqual([
      'spec.credential: is needed together with server',
    ]);
  });

  it('is told of options that cannot act, too, as far as fields that are right decide it', () => {
    const idle = 'spec.keyCase: does nothing: the keys are given by the route or by the type';
    expect(problemsOfRoute({ layout: 'flat', key: 'k', keyCase: 'UPPER_SNAKE', paused: 'yes' })).toEqual([
      'spec.paused: found "yes", must be a boolean',
      idle,
    ]);
    expect(problemsOfRoute({ layout: 'flat', key: 'k', keyCase: 'UPPER_SNAKE', name: 'n' })).toEqual([
      'spec.name: only applies to layout explicit',
      idle,
    ]);
    // Without its layout nobody can tell.
    expect(problemsOfRoute({ layout: 'flatt', key: 'k', keyCase: 'UPPER_SNAKE' })).toHaveLength(1);
  });

  it('is not judged by the field that is wrong', () => {
    const [problem, ...others] = problemsOfRoute({ layout: 'explict', name: 'x', data: {} });
    expect(problem).toContain('spec.layout: found "explict"');
    expect(others).toEqual([]);
    expect(problemsOfCluster({ aks: 7 }).filter((one) => one.startsWith('spec.server'))).toEqual([]);
    expect(
      problemsOfRoute({ prefix: 5, layout: 'explicit', name: 'x', data: { k: { secret: 'a--b' } } }),
    ).toEqual(['spec.prefix: found 5, must be a string: put it in quotes']);
  });

  it('is judged by the entries of data that are right', () => {
    const data = { bad: { secret: 7 }, stranger: { secret: 'app-2--x' } };
    const problems = problemsOfRoute({ layout: 'explicit', name: 'x', data });
    expect(problems).toHaveLength(2);
    expect(problems[1]).toBe("spec.data.stranger: secret app-2--x is outside the route's prefix app-1--");
  });

  it('says no rule twice that the schema itself asked', () => {
    const problems = problemsOfCluster({ server: 'http://k8s.example.com', credential: undefined });
    expect(problems).toEqual([...new Set(problems)]);
    expect(problems).toContain('spec.credential: is needed together with server');
  });

  it.each([
    ['no spec', { kind: 'Route', spec: 'none' }],
    ['no kind', { spec: { key: 'k' } }],
    ['an unknown kind', { kind: 'Secret', spec: { key: 'k', paused: 1 } }],
    ['a list for data', { kind: 'Route', spec: { data: [1], layout: 'flat' } }],
    ['nothing', null],
  ])('that has %s is read without a defect', (_what, document) => {
    expect(() => problemsOf(document)).not.toThrow();
  });
});
