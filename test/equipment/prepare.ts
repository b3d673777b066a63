// Builds the test node's image for suites that cannot do it themselves and prints its name: `tsx test/equipment/prepare.ts`.
import { testNodeImage } from './image';

void testNodeImage('3.9.1').then((name) => console.log(name));
