import mongoose from 'mongoose';
import { startRelay } from '../relay.ts';
import { silent } from './bus-bench.ts';

// A relay in a process of its own, so that a test can kill it.
const [url, brokers] = process.argv.slice(2);
if (!url || !brokers) throw new Error('usage: relay-process <mongodb url> <brokers>');
const connection = mongoose.createConnection(url);
const relay = startRelay({
  connection,
  brokers: brokers.split(','),
  clientId: 'killed-relay',
  leaseTtl: 2_000,
  log: silent,
});
setInterval(() => process.send?.(relay.health()), 50);
