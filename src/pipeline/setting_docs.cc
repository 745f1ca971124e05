#include "pipeline/setting_docs.h"

namespace batchmill::pipeline {

namespace {

constexpr SettingDoc kStepKeys[] = {
    {"input_data",
     "The one input that is cut into mini-batches. Every other input is handed to the script "
     "whole, "
     "through `program_arguments`. A folder is cut by files, a table (`mltable` with `mode: "
     "direct`) "
     "by size, a single file (`uri_file`) is a list of one, and JSON lines are cut by rows "
     "(`file_format`).",
     "inputs:\n"
     "  images: ${{parent.inputs.raw}}\n"
     "input_data: ${{inputs.images}}\n"},
    {"inputs",
     "What the step reads, by name: literals, paths, or bindings to the pipeline and to outputs of "
     "other steps.",
     "inputs:\n"
     "  data: ${{parent.inputs.raw}}\n"
     "  limit: 10\n"},
    {"outputs",
     "What the step writes, by name. Without a path an output goes to the default datastore; bound "
     "to "
     "an output of the pipeline it takes that one's place.",
     "outputs:\n"
     "  rows: {type: uri_file, path: ./results/rows.csv}\n"},
    {"component",
     "A component gives everything that the step does not say itself: its settings, its task, and "
     "the "
     "inputs and outputs that the task speaks of. It is a file beside this one, or the mapping "
     "itself. Registered components cannot be named in this version.",
     "component: ./score.yml\n"
     "inputs:\n"
     "  data: ${{parent.inputs.raw}}\n"
     "error_threshold: 0          # wins over the component's\n"},
    {"task.code",
     "The folder that reaches the workers, and nothing else does. It is copied when the job is "
     "created, so later edits do not change a running job. The root of the copy is the working "
     "folder "
     "of every worker and the first entry of `sys.path`.",
     "task:\n"
     "  type: run_function\n"
     "  code: ./src\n"
     "  entry_script: score.py\n"
     "  environment: azureml:scoring:1\n"},
    {"task.entry_script",
     "The script with `run()`, and `init()` and `shutdown()` where it has them: a path below "
     "`code`, "
     "or the name of a module.",
     "task:\n"
     "  type: run_function\n"
     "  code: ./src\n"
     "  entry_script: package/main.py   # or package.main\n"
     "  environment: azureml:scoring:1\n"},
    {"task.environment",
     "Decides which Python runs the script: a name that the workspace's config.yml maps to an "
     "interpreter, or an image and conda file, which are recorded.",
     "task:\n"
     "  type: run_function\n"
     "  code: ./src\n"
     "  entry_script: score.py\n"
     "  environment:\n"
     "    image: python:3.11\n"
     "    conda_file: ./conda.yml\n"},
    {"task.program_arguments",
     "What the script finds in `sys.argv`. The line is split as a shell would do it, quotes "
     "removed and "
     "nothing expanded. Settings that the engine knows are honoured and stay in `sys.argv`, so a "
     "script "
     "must use `parse_known_args()`. In a component, `$[[--seed ${{inputs.seed}}]]` is left out as "
     "a "
     "whole where the optional input has no value.",
     "inputs:\n"
     "  data: ${{parent.inputs.raw}}\n"
     "  limit: 10\n"
     "task:\n"
     "  type: run_function\n"
     "  code: ./src\n"
     "  entry_script: score.py\n"
     "  environment: azureml:scoring:1\n"
     "  program_arguments: --limit ${{inputs.limit}} --error_threshold 5\n"},
    {"task.append_row_to",
     "The output that collects what `run()` returns. Of a `uri_file` output it is that very file, "
     "of a "
     "folder a file in it (`append_row_file_name`). It appears complete when the step ends, with "
     "the "
     "rows in the order of their mini-batches, each exactly once. Without it what `run()` returns "
     "only "
     "feeds the counters.",
     "outputs:\n"
     "  rows: {type: uri_file}\n"
     "task:\n"
     "  type: run_function\n"
     "  code: ./src\n"
     "  entry_script: score.py\n"
     "  environment: azureml:scoring:1\n"
     "  append_row_to: ${{outputs.rows}}\n"},
    {"environment_variables",
     "Set in every worker process. With a component, each variable that the step does not set is "
     "the "
     "component's.",
     "environment_variables:\n"
     "  OMP_NUM_THREADS: \"1\"\n"},
    {"output_data",
     "The output for files that belong to the whole step: scripts know its folder as "
     "`EntryScript().output_dir`. Without it that is the output of `append_row_to`.",
     "outputs:\n"
     "  rows:\n"
     "  files:\n"
     "output_data: ${{outputs.files}}\n"},
};

constexpr SettingDoc kCutting[] = {
    {"mini_batch_size",
     "How much `run()` gets at once. For files it is their number, for a table about so many bytes "
     "of "
     "it: a plain number or one with `kb`, `mb` or `gb` (multiples of 1024). A mini-batch of a "
     "table "
     "never crosses a file boundary. `batchmill job try` suggests a size.",
     "mini_batch_size: \"20\"\n"},
    {"order",
     "`planned` hands mini-batches out in the order of the input. `largest_first` begins with "
     "those of "
     "most bytes, so that no big one is left for the end; nothing starts before the whole input is "
     "listed. The rows come in the order of the input either way.",
     "order: largest_first\n"},
    {"file_format",
     "`jsonl` says that the files of the input hold JSON lines. They are cut by rows, and `run()` "
     "gets a "
     "list of dict. Blank lines are no rows, and no mini-batch crosses a file boundary.",
     "file_format: jsonl\n"
     "mini_batch_rows: 50\n"},
    {"mini_batch_rows",
     "Rows of a mini-batch where `file_format` is `jsonl`; `mini_batch_size` has no effect then.",
     "file_format: jsonl\n"
     "mini_batch_rows: 50\n"},
    {"rank_mini_batch_count",
     "Makes so many mini-batches that have no input: `run()` gets an empty list, and its context "
     "tells "
     "the number. For work that is not read from files. `input_data` is ignored then and may be "
     "absent.",
     "rank_mini_batch_count: 8\n"},
};

constexpr SettingDoc kFailing[] = {
    {"error_threshold",
     "Items (files or rows) that may fail in the whole step; one more fails the step. An item "
     "fails "
     "when `run()` returns fewer results than it was given items, or when its mini-batch fails. "
     "**Given as -1**, whoever gives it, it also switches the counting off: a script may then "
     "return as "
     "few results as it likes. Not given at all, a short return fails the attempt, but no number "
     "of "
     "failures fails the step.",
     "error_threshold: 10\n"},
    {"mini_batch_error_threshold",
     "Mini-batches that may fail finally, after all their tries; -1 allows any number. The "
     "engine's "
     "older name for it, `allowed_failed_count`, is a key and an argument too.",
     "mini_batch_error_threshold: 0     # the first one fails the step\n"},
    {"allowed_failed_percent",
     "The same as a share of all mini-batches. It is looked at once their number is known.",
     "allowed_failed_percent: 2.5\n"},
    {"retry_settings.max_retries",
     "How often a mini-batch is tried again after its first try failed. Tries that a lost node or "
     "a "
     "restarted leader cost are not counted. The argument counts all tries: `--run_max_try 3` is "
     "`max_retries: 2`.",
     "retry_settings:\n"
     "  max_retries: 5\n"},
    {"bisect",
     "A mini-batch whose tries are used up is cut in halves, these again, and so on until the bad "
     "items stand alone; the good ones are kept. So are the neighbours of a line that is no JSON "
     "or "
     "of a row with too many fields. What failed is listed in `failed_items.csv` among the "
     "reports.",
     "bisect: true\n"},
    {"speculation",
     "When a worker has nothing else to do, it runs a mini-batch that takes far longer than the "
     "others a "
     "second time. The first good result counts, the other is dropped. Only for scripts that do "
     "not "
     "mind: what `run()` does outside of its return value happens twice.",
     "speculation: true\n"},
    {"allow_empty_input", "An input without a single item is a success instead of a failure.",
     "allow_empty_input: true\n"},
};

constexpr SettingDoc kTimes[] = {
    {"retry_settings.timeout",
     "Seconds that `run()` may take for one mini-batch. A worker that takes longer is ended and "
     "replaced, and the attempt has failed; its Python stacks go into the error log.",
     "retry_settings:\n"
     "  timeout: 600\n"},
    {"task_overhead_timeout",
     "Seconds in which a mini-batch must be loaded, before `run()` begins. Reading a large table "
     "from "
     "slow storage is a reason to raise it.",
     "task_overhead_timeout: 1200\n"},
    {"progress_update_timeout",
     "Seconds without any progress after which the step fails: no `init()` finished, no attempt "
     "began or "
     "ended. Without it they are computed: (max_retries + 1) × timeout + task_overhead_timeout, at "
     "least 300.",
     "progress_update_timeout: 3600\n"},
    {"first_task_creation_timeout",
     "Seconds from the start of the step until the first mini-batch must run. More than three days "
     "are "
     "taken for three days, with a warning.",
     "first_task_creation_timeout: 1800\n"},
};

constexpr SettingDoc kRunning[] = {
    {"compute",
     "Where the step runs. A name that the workspace does not know stands for this machine.",
     "compute: azureml:cpu-cluster\n"},
    {"resources.instance_count",
     "Number of nodes. On one machine they are logical nodes that share its cores. -1 is as good "
     "as not "
     "given.",
     "resources:\n"
     "  instance_count: 2\n"},
    {"max_concurrency_per_instance",
     "Worker processes on each node; each runs one mini-batch at a time. More workers than cores "
     "are "
     "possible, for scripts that mostly wait.",
     "max_concurrency_per_instance: 4\n"},
    {"prefetch",
     "Loads the next mini-batch of a table or of JSON lines while the present one runs. It costs "
     "the "
     "memory of one more mini-batch in each worker.",
     "prefetch: false\n"},
    {"init_stagger_seconds",
     "Seconds between the starts of two workers, where all of them at once would overrun a server "
     "or a "
     "disk.",
     "init_stagger_seconds: 0.5\n"},
    {"max_mini_batches_per_second",
     "Limits how many mini-batches the whole step starts per second, retries included: for a "
     "service "
     "that allows so many requests.",
     "max_mini_batches_per_second: 10\n"},
    {"worker_memory_limit_mb",
     "Memory, in MiB, that a worker and its child processes may use together. Beyond it the worker "
     "is "
     "ended and the attempt fails with its peak and the limit in the message, instead of the "
     "kernel "
     "choosing a victim.",
     "worker_memory_limit_mb: 4096\n"},
    {"surplus_gpu_workers",
     "Each worker gets a GPU of its own in `CUDA_VISIBLE_DEVICES` while there are some. What the "
     "others "
     "get: `unset` leaves the variable out, so that libraries see every GPU; `hide` makes it "
     "empty, so "
     "that they see none.",
     "max_concurrency_per_instance: 4\n"
     "surplus_gpu_workers: hide\n"},
    {"async_mode",
     "The streaming contract, for scripts that call a remote service: instead of `run()` the "
     "script has "
     "`enqueue()`, `get_finished_batch_result()`, `get_processing_batch_number()` and "
     "`check_all_tasks_processed()`, and holds several mini-batches at once. "
     "`retry_settings.timeout` "
     "counts from `enqueue()`.",
     "async_mode: true\n"
     "async_window: 64\n"},
    {"async_window", "Mini-batches that a worker holds at most in `async_mode`.",
     "async_mode: true\n"
     "async_window: 64\n"},
    {"resume_from",
     "An earlier job whose good mini-batches are taken over; only failed and unprocessed ones run. "
     "A "
     "changed input or other cuts are refused, with the difference named; changed code needs "
     "`--accept-new-code`.",
     "resume_from: digits_1\n"},
};

constexpr SettingDoc kRows[] = {
    {"output_action",
     "`append_row` writes what `run()` returns to `task.append_row_to`; `summary_only` does not, "
     "even "
     "where that is given. Usually neither is written: `append_row_to` says it.",
     "output_action: summary_only\n"
     "task:\n"
     "  type: run_function\n"
     "  code: ./src\n"
     "  entry_script: score.py\n"
     "  environment: azureml:scoring:1\n"},
    {"append_row_file_name", "Name of the file where `append_row_to` is a folder.",
     "append_row_file_name: predictions.csv\n"},
    {"append_row_format",
     "`text` writes each element as `str()` gives it, and DataFrames with one space between "
     "columns. "
     "`csv` puts commas between columns, quotes where needed, and the names of columns first. "
     "`jsonl` writes one JSON "
     "value per line and leaves texts that already are JSON as they are. A file "
     "`parallel_run_step.settings.json` in `code` wins over this key with its options of "
     "`DataFrame.to_csv`.",
     "append_row_format: jsonl\n"},
    {"append_row_dataframe_header",
     "The first line of the file names the columns of the DataFrames.",
     "append_row_dataframe_header: true\n"},
    {"append_row_provenance",
     "Each row begins with the number of its mini-batch and its source file.",
     "append_row_format: csv\n"
     "append_row_provenance: true\n"},
    {"pf_output_only",
     "Where `run()` returns texts of JSON objects, only their field `output` is written. The "
     "arguments "
     "`--amlbi_pf_enabled True --amlbi_pf_run_mode component` say the same.",
     "pf_output_only: true\n"},
};

constexpr SettingDoc kWatching[] = {
    {"logging_level", "How much the logs hold, and the level of `EntryScript().logger`.",
     "logging_level: DEBUG\n"},
    {"profiling_module",
     "Profiles `init()` and `run()` in every worker; the results are in "
     "`logs/sys/node/<node>/<process>.profile`, for `python -m pstats`.",
     "profiling_module: cProfile\n"},
    {"resource_monitor_interval",
     "Seconds between two readings of processor, memory, disk, network and GPUs, in "
     "`logs/sys/perf/`; 0 "
     "takes none.",
     "resource_monitor_interval: 60\n"},
    {"copy_logs_to_parent",
     "Copies the step's logs to `logs/steps/<step>/` of the pipeline job, once the step has ended.",
     "copy_logs_to_parent: true\n"},
    {"push_metrics_to_parent", "Writes the step's metrics to the pipeline job too.",
     "push_metrics_to_parent: true\n"
     "metrics_name_prefix: scoring_\n"},
    {"metrics_name_prefix", "What the names of the engine's metrics begin with.",
     "metrics_name_prefix: scoring_\n"},
};

constexpr SettingChapter kChapters[] = {
    {"The step and its task", "", kStepKeys},
    {"How the input is cut", "", kCutting},
    {"What may fail, and how often it is tried",
     "The three thresholds act together: the first one that is exceeded fails the step. With none "
     "of "
     "them given no failure ends a step; a loud warning at its end says what failed.",
     kFailing},
    {"How long things may take", "", kTimes},
    {"Where and how it runs", "", kRunning},
    {"What becomes of the rows", "", kRows},
    {"What can be watched", "", kWatching},
};

}  // namespace

std::span<const SettingChapter> setting_chapters() { return kChapters; }

}  // namespace batchmill::pipeline
