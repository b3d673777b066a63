// How an editor's terminal finds the place in Kong's messages: data for package.json, where a test holds the two together.

/** `kong/plugins/x/handler.lua:12: message`, wherever the path began; relative to the folder of a plugin's project. */
export const PROBLEM_MATCHERS = [
  {
    name: 'kong',
    owner: 'kong-plugin',
    source: 'Kong',
    severity: 'error',
    fileLocation: ['relative', '${workspaceFolder}'],
    pattern: {
      regexp: '(kong/plugins/[\\w.-]+/[\\w./-]+\\.lua):(\\d+): (?!in (?:function|main chunk))(.*)$',
      file: 1,
      line: 2,
      message: 3,
    },
  },
] as const;
