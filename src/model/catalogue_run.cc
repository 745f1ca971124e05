#include "model/catalogue_parts.h"

namespace batchmill {
namespace {

// The messages follow "<step>: " in the first line of a failure.
constexpr CatalogueEntry kEntries[] = {
    {901, Level::kError, "run raised", "{place}: {type}: {message}", "",
     "run() raised an exception. The mini-batch is tried again, max_retries times in all."},
    {902, Level::kError, "init raised", "{place}: {type}: {message}", "",
     "init() raised an exception, so the worker could not start. The step gives up when the "
     "workers "
     "of a node have failed three times each."},
    {903, Level::kError, "import", "{script}:{line}: {type}: {message}", "",
     "Importing the script failed. Another try could not succeed, so the step fails at once."},
    {904, Level::kError, "no run", "{script} has no function run", "rename '{near_name}'",
     "The entry script must define run(mini_batch).",
     "def rum(mini_batch):", "def run(mini_batch):"},
    {905, Level::kError, "type",
     "run returned {actual}, not a list, DataFrame, array, tuple or generator", "return [{value}]",
     "run() returns one result for each item it processed.", "return 42", "return [42]"},
    {906, Level::kError, "short", "run returned {results} for {items}",
     "one per item; 'error_threshold: -1' ends this check",
     "With an error_threshold of 0 or more, items without a result count as failed.",
     "return results[:-1]", "return results"},
    {907, Level::kError, "None", "run returned None", "return a list (is a 'return' missing?)",
     "A function without a return statement returns None.",
     "def run(batch):\n    results = score(batch)",
     "def run(batch):\n    results = score(batch)\n    return results"},
    {908, Level::kError, "timeout",
     "{place}: still running after {seconds} s (retry_settings.timeout)", "",
     "run() took longer than the timeout; its process was ended and replaced."},
    {909, Level::kError, "load timeout",
     "{item}: not loaded after {seconds} s (--task_overhead_timeout)", "",
     "Reading the items of a mini-batch took longer than allowed."},
    {910, Level::kError, "signal", "<{place}: >the process crashed ({signal})", "",
     "The worker's process died of a signal, most often in native code."},
    {911, Level::kError, "memory", "killed: out of memory (peak {peak}<, limit {limit}>)",
     "lower max_concurrency_per_instance ({workers})",
     "The kernel killed the worker because memory was used up."},
    {912, Level::kError, "exit", "<{place}: >the script ended its process (exit code {code})", "",
     "Something called exit() within the worker. Raise an exception to fail one mini-batch.",
     "sys.exit(3)", "raise ValueError('unreadable page')"},
    {913, Level::kError, "load", "{item}: {reason}", "", "An item could not be read."},
    {914, Level::kError, "ragged", "{file}:{line}: {fields} fields, the header has {columns}", "",
     "A line of the table has another number of fields than its header."},
    {915, Level::kError, "vanished", "{item} vanished after it was listed at {time}",
     "keep inputs unchanged",
     "A file was listed when the step was planned and was gone when its mini-batch ran."},
    {916, Level::kError, "changed", "{item} changed after planning: {now}, was {before}",
     "keep inputs unchanged",
     "A file changed between planning and running, so cuts made before may not fit."},
    {917, Level::kError, "threshold",
     "{failed} of {total} {what} failed; {setting} is {limit} ({origin})", "",
     "More failed than the setting allows, so the step was stopped."},
    {918, Level::kError, "first task",
     "no mini-batch started within {seconds} s (first_task_creation_timeout)", "",
     "Listing, planning and starting workers took too long."},
    {919, Level::kError, "progress", "no progress for {seconds} s (progress_update_timeout)", "",
     "No mini-batch was committed for a long time, so the step was stopped."},
    {920, Level::kError, "no rows",
     "{total} mini-batches returned no row; '{o}' has nothing to append", "remove append_row_to",
     "append_row_to promises a file of rows, but run() returned none."},
    {921, Level::kError, "empty", "input '{x}' is empty: no file below {path}",
     "--allow_empty_input True", "There is nothing to split into mini-batches."},
    {922, Level::kWarning, "node", "node {node} ({name}) is lost, silent for {seconds} s", "",
     "A node stopped answering. Its mini-batches go back uncharged and run elsewhere."},
    {923, Level::kError, "disk", "disk full: {path} (writing {what})",
     "free space, then job resume",
     "A write failed for want of space. What was committed is kept."},
    {924, Level::kError, "permission",
     "cannot write {path}: permission denied< (owner {owner}, mode {mode})>", "chmod",
     "The operating system refused a write."},
    {925, Level::kWarning, "leader",
     "leader ended ({cause}), restarted ({life} of {lives}); {kept} mini-batches kept", "",
     "The process that leads the job died and was started again; what was committed is kept. Three "
     "lives in a row without a commit end the job."},
    {926, Level::kError, "package", "{script}:{line}: ModuleNotFoundError: No module named '{m}'",
     "{install}", "The interpreter of the step lacks a package that the script imports."},
};

}  // namespace

std::span<const CatalogueEntry> run_entries() { return kEntries; }

}  // namespace batchmill
