import express from 'express';
import type { AddressInfo } from 'node:net';
import { serve } from '../side/serve.ts';

// Express as it comes: it reads JSON and answers it.
const app = express();
app.post('/', express.json(), (sent, response) => {
  response.status(201).json(sent.body as unknown);
});
const server = app.listen(0, '127.0.0.1');

serve({ url: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }, async () => {
  server.closeAllConnections();
  server.close();
});
