#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/diagnostic.h"
#include "model/setting.h"

// A checked and bound pipeline: what validation hands to submission and submission to the leader.
// Everything is resolved except paths that exist only at run time; those stay as ${{inputs.x}} and
// ${{outputs.x}} in templates and are expanded by pipeline/expand.h.
namespace batchmill {

enum class DataType { kUriFile, kUriFolder, kMltable, kCustomModel, kMlflowModel, kTritonModel };
enum class InputMode { kRoMount, kDownload, kDirect, kEvalMount, kEvalDownload };
enum class OutputMode { kRwMount, kUpload, kDirect };

const char* name_of(DataType type);  // "uri_file"
const char* name_of(InputMode mode);
const char* name_of(OutputMode mode);
std::optional<DataType> data_type_from(const std::string& text);
std::optional<InputMode> input_mode_from(const std::string& text);
std::optional<OutputMode> output_mode_from(const std::string& text);
inline bool is_folder_like(DataType type) { return type != DataType::kUriFile; }

// The rendered text of a literal (pipeline-yaml.md 3.2).
struct LiteralInput {
  std::string text;
};
// Data that exists before the job: absolute local path.
struct PathInput {
  std::string path;
};
// Data that another step writes: the edge producer -> this step.
struct StepOutputInput {
  std::string step;
  std::string output;
};
struct StepInput {
  std::variant<LiteralInput, PathInput, StepOutputInput> source;
  DataType type = DataType::kUriFolder;  // meaningless for literals
  InputMode mode = InputMode::kRoMount;
  SourcePlace place;
  bool is_literal() const { return std::holds_alternative<LiteralInput>(source); }
};

// `path`: absolute local path, or an azureml://datastores/D/paths/P URI that may still hold
// ${{name}} and ${{output_name}}; empty: the default place. A pipeline output bound to a step's
// output is merged into it at binding time; `pipeline_output` keeps its name.
struct StepOutput {
  DataType type = DataType::kUriFolder;
  OutputMode mode = OutputMode::kRwMount;
  std::string path;
  std::string pipeline_output;
  SourcePlace place;
};

// How the step's Python is found (issue: accepted, recorded, warned about when not used).
struct EnvironmentSpec {
  std::string reference;  // "azureml:name:1", registry URI, ...; empty for inline
  std::string image;
  std::string conda_file;    // absolute path, or the inline mapping as text
  std::string build_folder;  // absolute path of a build context
  SourcePlace place;
  // Filled in at submission, when the environment is resolved:
  std::string python;      // absolute path of the interpreter
  std::string bin_folder;  // holds python, python3 and pip of that interpreter; first on PATH
};

struct CommandSpec {
  std::string command;                    // template
  Setting<std::int64_t> timeout_seconds;  // limits.timeout; 0: none
};

enum class LoggingLevel { kDebug, kInfo, kWarning };

struct MiniBatchSize {
  std::uint64_t amount = 0;  // files, or bytes
  bool bytes = false;        // written with a unit
  std::string text;          // as the user wrote it
};

struct ParallelSpec {
  std::string input_data;  // name of the split input
  std::optional<Setting<MiniBatchSize>>
      mini_batch_size;  // absent: 1 file or 1 MB, known at planning
  Setting<std::int64_t> error_threshold{-1};
  Setting<std::int64_t> mini_batch_error_threshold{-1};
  Setting<double> allowed_failed_percent{100};
  Setting<LoggingLevel> logging_level{LoggingLevel::kInfo};
  Setting<std::int64_t> max_concurrency_per_instance{0};  // 0: number of cores
  Setting<std::int64_t> max_retries{2};
  Setting<std::int64_t> timeout_seconds{60};
  Setting<std::int64_t> task_overhead_timeout_seconds{600};
  Setting<std::int64_t> progress_update_timeout_seconds{0};  // 0: computed, parallel-job.md 5.5
  Setting<std::int64_t> first_task_creation_timeout_seconds{600};
  Setting<std::int64_t> instance_count{1};
  Setting<bool> allow_empty_input{false};
  Setting<bool> append_row_dataframe_header{false};
  Setting<std::string> append_row_file_name{"parallel_run_step.txt"};
  // Absent (""): append_row exactly when append_row_to is there. "summary_only" wins over it.
  Setting<std::string> output_action;
  Setting<std::string> append_row_format{"text"};  // text, csv, jsonl
  Setting<bool> append_row_provenance{false};      // rows begin with mini-batch and source file
  Setting<std::string> order{"planned"};           // or largest_first
  Setting<bool> speculation{false};
  Setting<bool> bisect{false};
  Setting<bool> prefetch{true};                       // load the next mini-batch during run()
  Setting<double> init_stagger_seconds{0};            // between the starts of two workers
  Setting<double> max_mini_batches_per_second{0};     // 0: no limit
  Setting<std::int64_t> worker_memory_limit_mb{0};    // 0: none
  Setting<std::string> surplus_gpu_workers{"unset"};  // or "hide": CUDA_VISIBLE_DEVICES is empty
  Setting<bool> async_mode{false};                    // streaming contract, parallel-job.md 3.7
  Setting<std::int64_t> async_window{32};             // mini-batches that a worker holds in it
  Setting<std::string> file_format;                   // "jsonl": split files of JSON lines by rows
  Setting<std::int64_t> mini_batch_rows{0};           // of file_format jsonl; 0: 100
  Setting<bool> pf_output_only{false};                // of a returned JSON string only "output"
  Setting<std::int64_t> rank_mini_batch_count{0};     // > 0: so many mini-batches without input
  Setting<std::string> resume_from;                   // job whose committed mini-batches are kept
  Setting<std::string> profiling_module;              // "", cProfile, profile
  Setting<std::int64_t> resource_monitor_interval_seconds{600};  // 0: off
  Setting<bool> copy_logs_to_parent{false};
  Setting<bool> push_metrics_to_parent{false};
  Setting<std::string> metrics_name_prefix;
  std::string entry_script;       // relative to the code folder
  std::string program_arguments;  // template, not yet split
  std::string append_row_to;      // name of an output; empty: summary only
  std::string output_data;  // name of the output for files that the engine writes; may be empty
};

struct StepPlan {
  std::string name;  // key under jobs
  std::string display_name;
  std::string description;
  std::map<std::string, std::string> tags;
  SourcePlace place;     // of the key
  std::string base_dir;  // folder of the file that defines the step
  std::string code;      // absolute folder or file; after submission the snapshot folder; or empty
  std::string compute;   // without "azureml:"; empty: none named
  EnvironmentSpec environment;
  std::map<std::string, std::string> environment_variables;
  std::map<std::string, StepInput> inputs;
  std::map<std::string, StepOutput> outputs;
  std::variant<CommandSpec, ParallelSpec> spec;
  bool is_parallel() const { return std::holds_alternative<ParallelSpec>(spec); }
};

struct PipelinePlan {
  std::string name;  // empty: generated at submission
  std::string display_name;
  std::string experiment_name;
  std::string description;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::string> properties;
  std::string default_compute;
  std::string default_datastore;  // without "azureml:"
  bool continue_on_step_failure = true;
  bool force_rerun = false;
  std::string source_file;                    // as typed
  bool is_single_command = false;             // top-level type: command, run as a one-step job
  std::string resume_from;                    // job whose results are taken over; empty: none
  bool accept_new_code = false;               // also where the code differs from that job's
  std::map<std::string, StepInput> inputs;    // of the pipeline, for showing
  std::map<std::string, StepOutput> outputs;  // of the pipeline, for showing
  std::vector<StepPlan> steps;                // in an order in which producers come first
};

}  // namespace batchmill
