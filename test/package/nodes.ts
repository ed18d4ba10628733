/**
 * The Nodes that the packed package is run on: the oldest that `engines` allows, the long-term line after it, the one that
 * the rest of the suite runs on, and the newest. Each of the others is the `node` package in a folder of its own below
 * test/nodes, a workspace of npm, so that none of them takes the name `node` from the one that the npm scripts use.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT: string = resolve(import.meta.dirname, '../..');

export interface Node {
  readonly version: string;
  readonly program: string;
}

const versionIn = (manifest: string): string =>
  (JSON.parse(readFileSync(join(ROOT, manifest), 'utf8')) as { version: string }).version;

const wantedIn = (folder: string): string =>
  (
    JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')) as {
      optionalDependencies: { node: string };
    }
  ).optionalDependencies.node;

const programIn = (folder: string): string => join(ROOT, folder, 'node_modules/node/bin/node');

const nodeIn = (folder: string): Node => ({ version: wantedIn(folder), program: programIn(folder) });

/** The Node of the npm scripts, which the rest of the suite runs on. What the others give is compared with its results. */
export const USUAL: Node = { version: versionIn('node_modules/node/package.json'), program: programIn('.') };
export const OLDEST: Node = nodeIn('test/nodes/20');
export const NODES: readonly Node[] = [OLDEST, nodeIn('test/nodes/22'), USUAL, nodeIn('test/nodes/26')];
export const TOO_OLD: Node = nodeIn('test/nodes/18');

/** Those of the list that `npm ci` has not brought. */
export const missingNodes = (): string[] =>
  [...NODES, TOO_OLD]
    .filter(({ program }) => !existsSync(program))
    .map(
      ({ version, program }) =>
        `Node.js ${version} is not at ${program}: run npm ci again. ` +
        `Where that does not help, the package node@${version} has no build for ${process.platform}-${process.arch}.`,
    );
