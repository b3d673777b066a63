// `kong-plugin doctor`: what is on this machine and on nodes that parts of the product need, what works without, and how to get it.
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { Diagnosis } from '../../node/doctor';
import type { OutputFormat } from '../io';
import { openNamedNodes, type NodeFlags } from '../nodes';

/** The oldest Node that package.json allows. */
const OLDEST_NODE = '20.19';

interface DoctorFlags extends Omit<NodeFlags, 'node'> {
  node?: string[];
  format: OutputFormat;
}

export const addDoctor: AddCommand = (program, io, finish) => {
  program
    .command('doctor')
    .description('say what is on this machine and on nodes, what works without it, and how to get what is missing')
    .option('--node <node...>', 'also look from inside of these nodes')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText('after', '\nExample: kong-plugin doctor --node docker:kong')
    .action(async (flags: DoctorFlags) => {
      const { examineMachine, examineNode, reportOf, surroundings } = await import('../../node/doctor');
      const machine = [nodeVersion(), ...(await examineMachine(io.env, io.signal))];
      const set = surroundings(io.env);
      const nodes: { id: string; tools: Diagnosis[] }[] = [];
      if (flags.node !== undefined) {
        const opened = await openNamedNodes(io, { ...flags, node: flags.node });
        for (const node of opened.nodes) nodes.push({ id: node.id, tools: await examineNode(node, io.signal) });
      }
      if (flags.format === 'json') io.out(`${JSON.stringify({ tools: machine, environment: set, nodes }, null, 2)}\n`);
      else {
        io.out(reportOf('This machine', machine));
        if (set.length > 0) io.out(`\nSet in the environment\n${set.map(({ name, value }) => `  ${name}=${value}\n`).join('')}`);
        for (const { id, tools } of nodes) io.out(`\n${reportOf(id, tools)}`);
      }
      finish(0);
    });
};

function nodeVersion(): Diagnosis {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [wanted = 0, least = 0] = OLDEST_NODE.split('.').map(Number);
  const isOld = major < wanted || (major === wanted && minor < least);
  return {
    name: 'Node.js',
    state: isOld ? 'broken' : 'found',
    says: isOld ? `${process.versions.node}, older than ${OLDEST_NODE}` : process.versions.node,
    use: 'It runs this command line.',
    get: 'nodejs.org.',
  };
}
