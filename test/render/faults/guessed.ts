import type { Fault } from './fault.ts';
import { LOGIN, dockerLogin, basic } from './parts.ts';

/** A guess between two formats. */
export const GUESSED: readonly Fault[] = [
  {
    ...basic,
    what: 'a login whose JSON has a comma too many',
    value: () => '{"username":"u","password":"p",}',
    gives: /the value of secret app-1--it begins with \{ and is not JSON/,
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    ...basic,
    what: 'a login whose JSON has a line break in a text',
    value: () => '{"username":"u","password":"line 1\nline 2"}',
    gives: /begins with \{ and is not JSON/,
    explicit: /is not JSON/,
  },
  {
    ...basic,
    what: 'a login whose JSON is in single quotes',
    value: () => "{'username':'u','password':'p'}",
    gives: /begins with \{ and is not JSON/,
    explicit: /is not JSON/,
  },
  {
    ...basic,
    what: 'a login whose JSON has a blank and a byte order mark before it',
    value: () => '\uFEFF {"username":"u","password":"p"}',
    gives: { username: /^u$/, password: /^p$/ },
  },
  {
    ...basic,
    what: 'a login whose JSON has the password twice',
    value: () => '{"username":"u","password":"old","pass\\u0077ord":"new"}',
    gives: /the value of secret app-1--it has a property that stands twice in its object/,
  },
  {
    ...basic,
    what: 'a login whose user is null, which is nobody',
    value: () => '{"username":null,"password":"p"}',
    gives: /the property username of secret app-1--it must be a text/,
    explicit: /^username of secret app-1--it must be a text$/,
  },
  {
    ...basic,
    what: 'a login whose password is a list',
    value: () => '{"username":"u","password":["p"]}',
    gives: /the property password of secret app-1--it must be a text/,
    explicit: /^password of secret app-1--it must be a text$/,
  },
  {
    ...basic,
    what: 'a login of properties whose password is null',
    value: () => '{"username":"u","password":null}',
    spec: { json: 'expand' },
    gives: /^password of secret app-1--it must be a text$/,
  },
  {
    ...dockerLogin,
    what: 'a docker login whose user is null',
    value: () => '{"registry":"r.example.test","username":null,"password":"p"}',
    gives: /the property username of secret app-1--it must be a text/,
    explicit: /what the login takes of secret app-1--it must be a text/,
  },
  {
    ...dockerLogin,
    what: 'a docker login behind a byte order mark and blanks',
    value: () => `\uFEFF\r\n  ${LOGIN}`,
    gives: { '.dockerconfigjson': /^\{"auths":\{"r\.example\.test":\{"username":"u","password":"p"/ },
  },
  {
    ...basic,
    what: 'a login in quotation marks',
    value: () => '"u:p"',
    gives: /neither user:password nor JSON with the properties username and password/,
    explicit: /secret app-1--it has no property password/,
  },
  {
    ...basic,
    what: 'a login in YAML that nothing says is YAML',
    value: () => 'username: u\npassword: p\n',
    gives: /the value of secret app-1--it has a line for the password: say its format/,
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    ...basic,
    what: 'a login in .env that nothing says is .env',
    value: () => 'username=u\npassword=p:w\n',
    gives: /the value of secret app-1--it has a line for the password: say its format/,
    explicit: /the value of secret app-1--it is not JSON/,
  },
  {
    ...basic,
    what: 'a login whose user name has a bracket before it',
    value: () => '[u]:p',
    gives: { username: /^\[u\]$/, password: /^p$/ },
    explicit: /the value of secret app-1--it is not JSON/,
  },
];
