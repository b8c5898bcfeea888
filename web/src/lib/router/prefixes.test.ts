import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SHELL_PREFIXES } from './match';

it('the server answers the page for the same prefixes', () => {
  const server = readFileSync(new URL('../../../../crates/server/src/http/page.rs', import.meta.url), 'utf8');
  const listed = /const ROUTES: \[&str; \d+\] = \[([^\]]*)\]/.exec(server)?.[1] ?? '';
  const prefixes = [...listed.matchAll(/"([^"]*)"/g)].map((match) => match[1]!);
  // The start page has two paths; apps are added by their names on both sides.
  expect(prefixes.filter((prefix) => prefix !== '' && prefix !== 'index.html')).toEqual([...SHELL_PREFIXES]);
});
