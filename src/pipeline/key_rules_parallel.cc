#include "pipeline/key_rules.h"

// Keys of a parallel step (parallel-job.md 1 and 2, cli.md 8).
namespace batchmill::pipeline {

namespace {

using enum ValueKind;

void append(std::vector<KeyRule>& keys, std::vector<KeyRule> more) {
  for (KeyRule& rule : more) keys.push_back(std::move(rule));
}

KeyRow seconds(std::string name, std::string help) {
  KeyRow row(std::move(name), kInteger, std::move(help));
  row.between(1, kMostSeconds).like("600").bindable();
  return row;
}

KeyRow threshold(std::string name, std::string help) {
  KeyRow row(std::move(name), kInteger, std::move(help));
  row.between(-1, kMostInteger).standard("-1").like("10").bindable();
  return row;
}

std::vector<KeyRule> splitting_keys() {
  return {
      KeyRow("type", kText, "Kind of the step.").required("parallel"),
      KeyRow("component", kTextOrMapping,
             "A component file, or the component itself: gives what the step does not say.")
          .like("./score.yml"),
      KeyRow("input_data", kReference, "The input that is split.")
          .required("${{inputs.data}}")
          .unless("rank_mini_batch_count"),
      KeyRow("mini_batch_size", kSize,
             "Files of a mini-batch, or for a table its bytes (kb, mb, gb).")
          .standard("1 file, or 1mb")
          .like("\"10\"")
          .bindable(),
      KeyRow(
          "file_format", kChoice,
          "jsonl: the files hold JSON lines; they are split by rows and run() gets a list of dict.")
          .standard("by the type of the input")
          .like("jsonl")
          .one_of({"jsonl"})
          .bindable(),
      KeyRow("mini_batch_rows", kInteger, "Rows of a mini-batch where file_format is jsonl.")
          .standard("100")
          .like("100")
          .between(1, kMostInteger)
          .bindable(),
      KeyRow("rank_mini_batch_count", kInteger,
             "Makes so many mini-batches without input and ignores input_data; 0 or less: none.")
          .standard("0")
          .like("4")
          .between(-kMostInteger, kMostInteger)
          .bindable(),
      KeyRow("order", kChoice, "largest_first starts with the mini-batches of most bytes.")
          .standard("planned")
          .one_of({"planned", "largest_first"})
          .bindable(),
      KeyRow("task", kMapping, "The script and its arguments.")
          .required("{type: run_function, code: ./src, entry_script: score.py, ...}")
          .holds(MappingKind::kTask)
          .whole(),
      KeyRow("inputs", kNamed, "Literals and data that the script reads."),
      KeyRow("outputs", kNamed, "Data that the script or the engine writes."),
  };
}

std::vector<KeyRule> failure_keys() {
  return {
      threshold("error_threshold", "Failed items that are tolerated in the whole step; -1: any."),
      threshold("mini_batch_error_threshold",
                "Mini-batches that may fail finally in the whole step; -1: any."),
      threshold("allowed_failed_count", "The same as mini_batch_error_threshold."),
      KeyRow("allowed_failed_percent", kNumber, "Percent of mini-batches that may fail finally.")
          .standard("100")
          .like("5")
          .between(0, 100)
          .bindable(),
      KeyRow("retry_settings", kMapping, "Tries of a mini-batch.")
          .holds(MappingKind::kRetrySettings),
      seconds("task_overhead_timeout", "Seconds in which a mini-batch must be loaded.")
          .standard("600"),
      seconds("progress_update_timeout", "Seconds without progress after which the step fails.")
          .standard("computed"),
      seconds("first_task_creation_timeout", "Seconds in which the first mini-batch must start.")
          .standard("600")
          .clamped(),
      KeyRow("bisect", kBoolean,
             "Cuts a mini-batch that used up its tries in halves until the bad items stand alone.")
          .standard("false")
          .bindable(),
      KeyRow("speculation", kBoolean,
             "Runs a straggler a second time on a worker that has nothing else to do.")
          .standard("false")
          .bindable(),
      KeyRow("allow_empty_input", kBoolean, "An empty input is a success.")
          .standard("false")
          .bindable(),
  };
}

std::vector<KeyRule> running_keys() {
  return {
      KeyRow("max_concurrency_per_instance", kInteger, "Worker processes on each node.")
          .standard("number of cores divided by instance_count; 1 where GPUs are")
          .like("2")
          .between(1, kMostInteger)
          .bindable(),
      KeyRow("resources", kMapping, "Nodes.").holds(MappingKind::kResources),
      KeyRow("compute", kText, "Where it runs.")
          .standard("settings.default_compute, else this machine")
          .like("azureml:cpu-cluster")
          .bindable(),
      KeyRow("environment_variables", kTextMap, "Set in every worker process.").bindable(),
      KeyRow("prefetch", kBoolean, "Loads the next mini-batch while the present one runs.")
          .standard("true")
          .bindable(),
      KeyRow("init_stagger_seconds", kNumber, "Seconds between the starts of two workers.")
          .standard("0")
          .like("0.5")
          .between(0, kMostSeconds)
          .bindable(),
      KeyRow("max_mini_batches_per_second", kNumber,
             "Mini-batches, retries included, that are started per second at most; 0: no limit.")
          .standard("0")
          .like("10")
          .between(0, kMostInteger)
          .bindable(),
      KeyRow("worker_memory_limit_mb", kInteger,
             "Memory of a worker and its children; beyond it the attempt fails. 0: no limit.")
          .standard("0")
          .like("2048")
          .between(0, kMostInteger)
          .bindable(),
      KeyRow(
          "surplus_gpu_workers", kChoice,
          "What CUDA_VISIBLE_DEVICES is where there are more workers than GPUs: hide empties it.")
          .standard("unset")
          .one_of({"unset", "hide"})
          .bindable(),
      KeyRow("async_mode", kBoolean,
             "The script takes several mini-batches at once through enqueue().")
          .standard("false")
          .bindable(),
      KeyRow("async_window", kInteger, "Mini-batches that a worker holds in async_mode.")
          .standard("32")
          .like("32")
          .between(1, 4096)
          .bindable(),
      KeyRow("resume_from", kText,
             "Earlier job whose committed mini-batches are kept instead of run again.")
          .like("digits_1")
          .bindable(),
  };
}

std::vector<KeyRule> result_keys() {
  return {
      KeyRow("output_action", kChoice, "summary_only writes no rows, whatever append_row_to says.")
          .standard("append_row where task.append_row_to is given")
          .like("append_row")
          .one_of({"append_row", "summary_only"})
          .bindable(),
      KeyRow("append_row_file_name", kText, "Name of the appended file in a folder output.")
          .standard("parallel_run_step.txt")
          .like("rows.txt")
          .bindable(),
      KeyRow("append_row_format", kChoice, "How rows are written.")
          .standard("text")
          .like("csv")
          .one_of({"text", "csv", "jsonl"})
          .later_values({"parquet"})
          .bindable(),
      KeyRow("append_row_dataframe_header", kBoolean,
             "The first line of the appended file names the columns.")
          .standard("false; true where append_row_format is csv")
          .bindable(),
      KeyRow("append_row_provenance", kBoolean, "Rows begin with their mini-batch and source file.")
          .standard("false")
          .bindable(),
      KeyRow("pf_output_only", kBoolean, "Of returned JSON only the field \"output\" is written.")
          .standard("false")
          .bindable(),
      KeyRow("append_row_order", kAny, "Rows always come in the order of their mini-batches.")
          .ignored(),
      KeyRow("append_row_to", kReference, "Belongs in task; taken from here with a warning.")
          .like("${{outputs.rows}}"),
      KeyRow("output_data", kReference,
             "Output whose folder scripts know as EntryScript().output_dir.")
          .like("${{outputs.logs}}"),
  };
}

std::vector<KeyRule> monitoring_keys() {
  return {
      KeyRow("logging_level", kChoice, "How much is logged.")
          .standard("INFO")
          .like("INFO")
          .one_of({"DEBUG", "INFO", "WARNING", "WARN"})
          .bindable(),
      KeyRow("profiling_module", kChoice, "Profiler of the script, for each worker.")
          .standard("none")
          .like("cProfile")
          .one_of({"cProfile", "profile"})
          .bindable(),
      KeyRow("resource_monitor_interval", kInteger, "Seconds between resource readings; 0: none.")
          .standard("600")
          .like("600")
          .between(0, kMostInteger)
          .bindable(),
      KeyRow("copy_logs_to_parent", kBoolean, "Copies the step's logs to the pipeline job.")
          .standard("false")
          .bindable(),
      KeyRow("push_metrics_to_parent", kBoolean, "Logs metrics at the pipeline job too.")
          .standard("false")
          .bindable(),
      KeyRow("metrics_name_prefix", kText, "Begins the names of the engine's metrics.")
          .like("scoring_")
          .bindable(),
  };
}

std::vector<KeyRule> describing_keys() {
  return {
      KeyRow("display_name", kFreeText, "Name for people; need not be unique."),
      KeyRow("description", kFreeText, "What it is for."),
      KeyRow("tags", kTextMap, "Free names and values to find it by."),
      KeyRow("properties", kTextMap, "Free names and values, kept with the job."),
      KeyRow("comment", kFreeText, "For readers of the file."),
      KeyRow("name", kAny, "The key of the step is its name.").ignored(),
      KeyRow("experiment_name", kAny, "The experiment is the pipeline's.").ignored(),
      KeyRow("is_deterministic", kAny, "Whether results may be reused.").ignored(),
      KeyRow("identity", kAny, "Whose rights read and write data; yours, here.").ignored(),
      KeyRow("services", kAny, "Interactive endpoints; without effect.").ignored(),
  };
}

std::vector<KeyRule> later_keys() {
  return {
      KeyRow("partition_keys", kAny, "Splits by the values of columns.")
          .later("split by files or size with mini_batch_size"),
      KeyRow("strict_types", kAny, "Misfits are errors.").later("check the columns in run()"),
  };
}

}  // namespace

std::vector<KeyRule> parallel_step_keys() {
  std::vector<KeyRule> keys = splitting_keys();
  append(keys, failure_keys());
  append(keys, running_keys());
  append(keys, result_keys());
  append(keys, monitoring_keys());
  append(keys, describing_keys());
  append(keys, later_keys());
  return keys;
}

std::vector<KeyRule> task_keys() {
  return {
      KeyRow("type", kText, "Kind of the task.").required("run_function"),
      KeyRow("code", kText, "Folder that is copied and shipped to the workers.")
          .required("./src")
          .bindable(),
      KeyRow("entry_script", kText, "Script with run(): a path below code, or a module name.")
          .required("score.py")
          .bindable(),
      KeyRow("environment", kTextOrMapping,
             "Decides which Python runs: a reference, or image and conda_file.")
          .required("azureml:my-environment:1"),
      KeyRow("program_arguments", kTemplate, "Arguments of the script, and of the engine.")
          .like("--model ${{inputs.model}}"),
      KeyRow("append_row_to", kReference, "Output that collects what run() returns.")
          .like("${{outputs.rows}}"),
      KeyRow("model", kAny, "Of 'type: model'.").later("load the model in init()"),
  };
}

std::vector<KeyRule> retry_settings_keys() {
  return {
      KeyRow("max_retries", kInteger, "Further tries after the first.")
          .standard("2")
          .like("2")
          .between(0, kMostInteger)
          .bindable(),
      KeyRow("timeout", kInteger, "Seconds that run() may take.")
          .standard("60")
          .like("60")
          .between(1, kMostSeconds)
          .bindable(),
  };
}

}  // namespace batchmill::pipeline
