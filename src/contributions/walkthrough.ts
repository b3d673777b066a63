// The walkthrough of the editor's welcome page, as data; package.json is held against it by a test.
import { VIEWS } from './names';

/** The steps of the walkthrough "Get Started": a title, what to do, and what ticks the step off. */
export const WALKTHROUGH = {
  id: 'kongPlugin.start',
  title: 'Get started with Kong plugins',
  description: 'From the source of a plugin to a Kong that has loaded it, and back.',
  steps: [
    {
      id: 'see',
      title: 'See your plugins',
      description:
        'The side bar lists every plugin of the workspace, with what its handler, schema and rockspec say.\n[Show Plugins](command:kongPlugin.plugins.focus)\n[New Plugin](command:kongPlugin.newPlugin)',
      completionEvents: [`onView:${VIEWS.plugins}`],
    },
    {
      id: 'check',
      title: 'Check them',
      description:
        'Rockspecs, handlers and schemas are checked while you type, the way LuaRocks and Kong would. The light bulb mends what has one right answer.\n[Check Workspace](command:kongPlugin.checkWorkspace)',
      completionEvents: ['onCommand:kongPlugin.checkWorkspace'],
    },
    {
      id: 'node',
      title: 'Choose where Kong runs',
      description:
        'Containers with Kong in them are found. A folder with a kong.conf, the Kong of this machine or a compose service can be added; without any, start a development node in Docker.\n[Add Node](command:kongPlugin.addNode)\n[Start Development Node](command:kongPlugin.startDevelopmentNode)',
      completionEvents: [
        'onCommand:kongPlugin.addNode',
        'onCommand:kongPlugin.chooseTargetNode',
        'onCommand:kongPlugin.startDevelopmentNode',
      ],
    },
    {
      id: 'install',
      title: 'Install, enable, verify',
      description:
        'The steps are shown before anything is done; when one fails, or Kong does not come back, all are undone.\n[Install on Node](command:kongPlugin.install)',
      completionEvents: ['onCommand:kongPlugin.install'],
    },
    {
      id: 'troubleshoot',
      title: 'When Kong will not start',
      description:
        'Give the troubleshooting panel a log, or copy it and diagnose the clipboard: it names the problem, the plugin, the line to change and what to do.\n[Diagnose Clipboard](command:kongPlugin.diagnoseClipboard)\n[Diagnose Log File](command:kongPlugin.diagnoseFile)',
      completionEvents: [`onView:${VIEWS.troubleshooting}`],
    },
  ],
};
