/** The README of an export: for a Flink team that has never seen Millstream. */
import type { ExportPlan } from './export-plan.js';

/** @returns Markdown */
export function readmeText(plan: ExportPlan): string {
  const { name, version, mode, files, notes } = plan;
  // The Beam of 1.20 imports a package that newer setuptools do not have.
  const flink = `'apache-flink==${version}.*'${version === '1.20' ? " 'setuptools<81'" : ''}`;
  const hasRequirements = files.requirements !== null;
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
    ...(hasRequirements
      ? [
          [
            '`requirements.txt`',
            'packages of the functions; the task managers install them when a job starts',
          ],
        ]
      : []),
    ...(files.archives.length + files.zips.length === 0 ? [] : [['`files/`', 'archives and zipped modules']]),
  ];
  return `# ${name}, for Apache Flink ${version}

A ${mode} job. Nothing but Flink ${version} with its Python (PyFlink) is needed.

| file | |
|---|---|
${entries.map(([file, what]) => `| ${file} | ${what} |`).join('\n')}

## On one machine

\`\`\`sh
python3 -m venv venv && venv/bin/pip install ${flink}${hasRequirements ? ' -r requirements.txt' : ''}
venv/bin/python driver.py
\`\`\`

${version === '1.20' ? 'Python 3.8 to 3.11 and Java 11 or 17' : 'Python 3.9 to 3.12 and Java 11, 17 or 21'} have to be there. Rows of a SELECT are printed.${
    hasRequirements
      ? ' The functions are imported where the driver runs too, so what they import is\ninstalled here as well. The task managers install `requirements.txt` anew for each job, from a package index; where their Python has the\npackages already, leave `env.set_python_requirements` out of `driver.py`.'
      : ''
  }

## On a cluster

\`\`\`sh
flink run -m HOST:8081 -py driver.py -pyclientexec venv/bin/python -pyexec python3
\`\`\`

\`-pyclientexec\` is the Python of this machine, \`-pyexec\` that of the task managers; both have PyFlink ${version}.

## On Kubernetes, native application mode

An image with PyFlink and this folder:

\`\`\`dockerfile
FROM ${image}
RUN apt-get update && apt-get install -y python3-venv && python3 -m venv /opt/python
ENV PATH="/opt/python/bin:$PATH"
RUN pip install ${flink}
COPY . /opt/job${hasRequirements ? '\nRUN pip install -r /opt/job/requirements.txt' : ''}
\`\`\`

\`\`\`sh
flink ${application} --target kubernetes-application -Dkubernetes.cluster-id=JOB \\
  -Dkubernetes.container.image.ref=IMAGE --python /opt/job/driver.py
\`\`\`

In application mode a SELECT at the end prints into the log of the job manager; write into a table instead.

## Notes

${notes.length === 0 ? 'None.' : notes.map((note) => `- ${note}`).join('\n')}
`;
}
