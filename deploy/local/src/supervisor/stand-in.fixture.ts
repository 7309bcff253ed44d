import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

// A process for the supervisor's tests. Its environment says how it misbehaves.
const { PORT, EXIT_AT_ONCE, IGNORE_TERM, CHILD } = process.env;

console.log(`stand-in ${process.pid} says hello`);
if (EXIT_AT_ONCE) process.exit(Number(EXIT_AT_ONCE));
if (IGNORE_TERM) process.on('SIGTERM', () => {});
const child = CHILD ? spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']) : undefined;

createServer((_request, response) => response.end(String(child?.pid))).listen(Number(PORT), '127.0.0.1');
