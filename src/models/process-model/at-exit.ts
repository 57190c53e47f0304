const actions = new Set<() => void>();

function runAll(): void {
  for (const action of actions) action();
}

/** Has `action`, which must be synchronous, run when Node exits; what it returns takes that back. */
export function atExit(action: () => void): () => void {
  if (actions.size === 0) process.on('exit', runAll);
  actions.add(action);
  return () => {
    actions.delete(action);
    if (actions.size === 0) process.off('exit', runAll);
  };
}
