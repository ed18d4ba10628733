#!/usr/bin/env node
// The bin. It checks Node's version with syntax that an old Node can parse, and only then loads the rest,
// which it could not. Nothing else happens here.

/** The oldest Node.js that has everything the rest uses. */
const OLDEST = { major: 20, minor: 12 };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)) {
  process.stderr.write(
    `conntrail: needs Node.js ${OLDEST.major}.${OLDEST.minor} or newer; this is ${process.versions.node}.\n`,
  );
  process.exitCode = 1;
} else {
  import('./run.ts')
    .then(({ run }) => run(process.argv.slice(2)))
    .then((exitCode) => {
      process.exitCode = exitCode;
    });
}
