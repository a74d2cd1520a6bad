/** The README of an export: for a Flink team that has never seen Millstream. */
import type { ExportPlan } from './export-plan.js';

/** @returns Markdown */
export function readmeText(plan: ExportPlan): string {
  const { name, version, mode, files, notes } = plan;
  const application = version === '1.20' ? 'run-application' : 'run';
  const image = version === '1.20' ? 'flink:1.20-java17' : 'flink:2.3-java17';
  const entries = [
    [
      '`driver.py`',
      'a PyFlink program: settings, functions, then the statements of the job as written, but for what the notes say',
    ],
    ['`job.sql`', 'the job as it was written, for reading'],
    [
      '`python/`',
      files.needsMillstream
        ? 'the modules of the functions, and the package they are declared with'
        : 'the modules of the functions',
    ],
    ...(files.requirements === null
      ? []
      : [['`requirements.txt`', 'packages that Flink installs for the functions']]),
    ...(files.archives.length + files.zips.length === 0 ? [] : [['`files/`', 'archives and zipped modules']]),
  ];
  return `# ${name}, for Apache Flink ${version}

A ${mode} job. Nothing but Flink ${version} with its Python (PyFlink) is needed.

| file | |
|---|---|
${entries.map(([file, what]) => `| ${file} | ${what} |`).join('\n')}

## On one machine

\`\`\`sh
python -m venv venv && venv/bin/pip install apache-flink==${version === '1.20' ? '1.20.*' : '2.3.*'}
venv/bin/python driver.py
\`\`\`

Java 11 or 17 has to be there. Rows of a SELECT are printed.

## On a cluster

\`\`\`sh
flink run -m HOST:8081 -py driver.py -pyclientexec venv/bin/python -pyexec python3
\`\`\`

\`-pyclientexec\` is the Python of this machine, \`-pyexec\` that of the task managers; both have PyFlink ${version}.

## On Kubernetes, native application mode

An image with this folder and PyFlink:

\`\`\`dockerfile
FROM ${image}
RUN apt-get update && apt-get install -y python3 python3-pip && ln -s /usr/bin/python3 /usr/bin/python && \\
    pip install apache-flink==${version === '1.20' ? '1.20.*' : '2.3.*'}
COPY . /opt/job
\`\`\`

\`\`\`sh
flink ${application} -t kubernetes-application -Dkubernetes.cluster-id=JOB \\
  -D${version === '1.20' ? 'kubernetes.container.image' : 'kubernetes.container.image.ref'}=IMAGE -py /opt/job/driver.py
\`\`\`

In application mode a SELECT at the end prints into the log of the job manager; write into a table instead.

## Notes

${notes.length === 0 ? 'None.' : notes.map((note) => `- ${note}`).join('\n')}
`;
}
