// The language server's entry: speaks LSP over stdio, a socket or IPC, whichever the client's arguments chose.
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startServer } from './server';

const connection = createConnection(ProposedFeatures.all);
const server = startServer(connection);
// One failed task must not take the diagnostics of every other file with it: it is logged with its stack and the server lives on.
process.on('uncaughtException', server.logError);
process.on('unhandledRejection', server.logError);
