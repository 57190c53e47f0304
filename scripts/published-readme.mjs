// The README as it is published: a clone is not needed any more.

const installSection = /<!-- install: .*? -->\n[\s\S]*?<!-- end -->\n/;

const published = `Node.js ≥ 20.19 (of 22: ≥ 22.12) is needed; on Linux x86-64 and arm64 (glibc 2.34 or newer) no compiler, elsewhere a C++20 compiler, make
and Python ([docs/installation.md](docs/installation.md)):

\`\`\`sh
npm install madloop
npx madloop figure 11                                      # the paper's Figure 11, a study of 1,200 cells, into ./madloop-results: a minute
npx madloop report madloop-results/figure-11.sqlite        # a page of it
\`\`\`
`;

/** The README of the repository with the line that installs the package from a registry. Throws where it has no place for it. */
export function publishedReadme(text) {
  if (!installSection.test(text))
    throw new Error('README.md: there is no section <!-- install: ... --> ... <!-- end -->');
  return text
    .replace(installSection, published)
    .replace(/In the clone `madloop` is found by its name[^\n]*\n/, 'In a project of yours:\n');
}
