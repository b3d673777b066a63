// The language server's entry: speaks LSP over IPC where VS Code starts it so, otherwise over standard input and output.
import { Console } from 'node:console';
import {
  createConnection,
  ErrorCodes,
  LogMessageNotification,
  MessageType,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type Connection,
  type ResponseMessage,
} from 'vscode-languageserver/node';
import { messageOf } from '../system/userError';
import { printable } from '../text/printable';
import { framedMessages } from './framing';
import { startServer } from './server';

const connection = process.argv.includes('--node-ipc') ? createConnection(ProposedFeatures.all) : standardConnection();
const server = startServer(connection);
// One failed task must not take the diagnostics of every other file with it: it is logged with its stack and the server lives on.
process.on('uncaughtException', server.logError);
process.on('unhandledRejection', server.logError);

/** Messages on standard input and output. The process ends with its client, and with an error when what that sends cannot be told apart any more. */
function standardConnection(): Connection {
  // Whatever prints must not print into the messages.
  globalThis.console = new Console(process.stderr);
  let mayEnd = false;
  const input = framedMessages((reason) => {
    const message = printable(`The language server ends, because it can no longer read what its client sends. ${reason}`);
    process.stderr.write(`${message}\n`);
    const end = (): void => process.exit(1);
    made.sendNotification(LogMessageNotification.type, { type: MessageType.Error, message }).then(end, end);
  });
  input.on('end', () => process.exit(mayEnd ? 0 : 1));
  process.stdin.pipe(input);
  const reader = new StreamMessageReader(input);
  const writer = new StreamMessageWriter(process.stdout);
  // The message alone is lost: the next one begins where this one said.
  reader.onError((error) => {
    const message = `A message of the client is no JSON: ${messageOf(error)}`;
    made.console.error(printable(message));
    const answer: ResponseMessage = { jsonrpc: '2.0', id: null, error: { code: ErrorCodes.ParseError, message } };
    // A client that is gone needs no answer.
    writer.write(answer).catch(() => undefined);
  });
  const made = createConnection(ProposedFeatures.all, reader, writer);
  made.onShutdown(() => {
    mayEnd = true;
  });
  return made;
}
