import mongoose from 'mongoose';
import { expect, test } from 'vitest';
import { isOutage } from './inbox.ts';

const { mongo } = mongoose;
const bulk = (met: object) => new mongo.MongoBulkWriteError(met as never, {} as never);

test('a bulk write whose connection broke says nothing about the event', () => {
  expect(isOutage(bulk(new mongo.MongoNetworkError('connection 7 closed')))).toBe(true);
});

test('a bulk write that the database refused is about the event', () => {
  expect(isOutage(bulk({ message: 'Document failed validation', code: 121, writeErrors: [] }))).toBe(false);
});
