// Which nodes a command can do something on; one of which nothing is known yet is offered too.
import type { NodeStatus } from '../../lifecycle/types';

/** What a command wants of a node, and what is said when none has it. */
export interface Wanted {
  fits: (status: Pick<NodeStatus, 'kind' | 'running'>) => boolean;
  none: { message: string; next: string };
}

const START_ONE = 'Run Kong Plugin: Start Development Node to start one in a container.';

/** A Kong that runs. */
export const RUNNING: Wanted = {
  fits: ({ running }) => running,
  none: { message: 'No Kong runs on the nodes that are known.', next: START_ONE },
};

/** A Kong that does not run and can be started. */
export const STARTABLE: Wanted = {
  fits: ({ kind, running }) => kind !== 'folder' && !running,
  none: { message: 'Of the nodes that are known none has a Kong that could be started.', next: START_ONE },
};

/** A Kong whose program can be restarted: in a container that would end the container. */
export const RESTARTABLE: Wanted = {
  fits: ({ kind }) => kind === 'local',
  none: {
    message: 'Only a Kong of this machine can be restarted, and none is known.',
    next: 'Run Kong Plugin: Reload Kong for one in a container.',
  },
};

/** A Kong that can have an Admin API. */
export const WITH_ADMIN: Wanted = {
  fits: ({ kind }) => kind !== 'folder',
  none: { message: 'A folder has no Admin API, and no other node is known.', next: 'Run Kong Plugin: Add Node… first.' },
};
