#include "engine/parallel_setup.h"

#include <fmt/format.h>

#include "data/infer_table.h"
#include "data/mltable.h"
#include "data/schema_json.h"
#include "engine/generated_arguments.h"
#include "engine/parallel_rules.h"
#include "engine/step_paths.h"
#include "engine/step_verdict.h"
#include "engine/take_over.h"
#include "pipeline/expand.h"
#include "runlog/log_tree.h"

namespace batchmill::engine {

namespace {

constexpr std::uint64_t kDefaultTableBytes = std::uint64_t{1024} * 1024;

const ParallelSpec& spec_of(const StepFacts& facts) {
  return std::get<ParallelSpec>(facts.step.spec);
}

std::string parent_of(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

std::uint64_t mini_batch_size(const ParallelSpec& spec, bool is_table) {
  if (spec.mini_batch_size) return spec.mini_batch_size->value.amount;
  return is_table ? kDefaultTableBytes : 1;
}

// A table's columns get their types once for the whole input, and keep them over restarts.
Result<std::string> schema_text(const StepFacts& facts, BulkFiles& bulk,
                                const data::MltableSpec& table, ParallelSetup& setup) {
  const std::string path = facts.job.step(facts.step.name).schema();
  if (facts.files.exists(path)) return facts.files.read(path);
  BM_ASSIGN(data::InferredTable inferred, data::infer_table(bulk, table.sources, table.format));
  setup.warnings.insert(setup.warnings.end(), inferred.warnings.begin(), inferred.warnings.end());
  std::string text = data::schema_to_json(inferred.schema);
  BM_TRY(facts.files.write_atomically(path, text));
  return text;
}

Result<void> describe_mltable(const StepFacts& facts, BulkFiles& bulk, const std::string& folder,
                              ParallelSetup& setup) {
  const data::MltableCheck check = data::check_mltable(facts.files, bulk, folder);
  if (!check.spec) {
    const std::string first =
        check.diagnostics.empty() ? "not readable" : check.diagnostics.front().message;
    return fail(ErrorKind::kInvalid, fmt::format("{}/MLTable: {}", folder, first));
  }
  setup.planning.sources = check.spec->sources;
  setup.input.root = data::common_folder(check.spec->sources);
  if (!check.spec->is_table) return {};
  setup.input.kind = "table";
  setup.planning.table = check.spec->format;
  BM_ASSIGN(setup.input.schema, schema_text(facts, bulk, *check.spec, setup));
  return {};
}

Result<void> describe_json_lines(const StepFacts& facts, ParallelSetup& setup) {
  if (setup.planning.table) {
    return fail(ErrorKind::kInvalid,
                "input '" + setup.input.name +
                    "': file_format jsonl splits files of JSON lines, but this "
                    "MLTable reads a table");
  }
  setup.input.kind = "jsonl";
  setup.planning.rows_per_mini_batch = rows_per_mini_batch(spec_of(facts));
  return {};
}

Result<void> describe_data(const StepFacts& facts, BulkFiles& bulk, ParallelSetup& setup) {
  const ParallelSpec& spec = spec_of(facts);
  const StepInput& input = facts.step.inputs.at(spec.input_data);
  const std::string& path = setup.prepared.inputs.at(spec.input_data);
  if (input.type == DataType::kMltable) {
    BM_TRY(describe_mltable(facts, bulk, path, setup));
  } else if (input.type == DataType::kUriFile) {
    setup.input.root = parent_of(path);
    setup.planning.sources = {data::file_source(path)};
  } else {
    setup.input.root = path;
    setup.planning.sources = {data::folder_source(path)};
  }
  setup.planning.mini_batch_size = mini_batch_size(spec, setup.planning.table.has_value());
  if (spec.file_format.value == "jsonl") return describe_json_lines(facts, setup);
  return {};
}

// Ranks have no input: whatever input_data names is left alone.
Result<void> describe_input(const StepFacts& facts, BulkFiles& bulk, ParallelSetup& setup) {
  const ParallelSpec& spec = spec_of(facts);
  setup.planning.manifest_folder = facts.job.step(facts.step.name).manifest();
  setup.planning.wants_order = setup.rules.largest_first;
  setup.planning.allow_empty = true;  // the scheduler decides what an empty plan means
  setup.input.kind = "files";
  setup.input.name = spec.input_data;
  setup.planning.input_name = spec.input_data;
  if (spec.rank_mini_batch_count.value > 0) {
    setup.input.kind = "ranks";
    setup.planning.rank_count = static_cast<std::uint64_t>(spec.rank_mini_batch_count.value);
    return {};
  }
  return describe_data(facts, bulk, setup);
}

Result<void> describe_rows(const StepFacts& facts, ParallelSetup& setup) {
  if (!appends_rows(spec_of(facts))) return {};
  std::optional<std::string> settings;
  const std::string path = setup.prepared.working_folder + "/parallel_run_step.settings.json";
  if (facts.files.exists(path)) {
    BM_ASSIGN(settings, facts.files.read(path));
  }
  BM_ASSIGN(setup.rows, row_format(spec_of(facts), settings));
  return {};
}

Result<void> describe_arguments(const StepFacts& facts, ParallelSetup& setup) {
  pipeline::Bindings bindings{setup.prepared.inputs, setup.prepared.outputs, {}};
  for (const auto& [name, input] : facts.step.inputs) {
    if (input.is_literal()) bindings.literals.insert(name);
  }
  setup.arguments = generated_arguments(facts, setup.prepared,
                                        {setup.rules, setup.input.kind, setup.rows.has_value(),
                                         output_folder(facts, setup.prepared)});
  BM_ASSIGN(const auto own, pipeline::expand_arguments(spec_of(facts).program_arguments, bindings));
  setup.arguments.insert(setup.arguments.end(), own.begin(), own.end());
  return {};
}

// Snapshots are named by the hash of what they hold.
std::string code_hash(const StepFacts& facts) {
  const std::string folder = facts.workspace.snapshots() + "/";
  return facts.step.code.starts_with(folder) ? facts.step.code.substr(folder.size()) : "";
}

// Everything that former leaders committed goes into the new scheduler.
Result<void> recover(const StepContext& context, ParallelSetup& setup) {
  setup.scheduler.emplace(setup.rules, context.epoch, context.loop.now());
  BM_TRY(setup.ledger->for_each_attempt(false, [&](const AttemptRecord& record) {
    setup.scheduler->recover(record);
    return true;
  }));
  BM_ASSIGN(const MiniBatchId high_water, setup.ledger->lease_high_water());
  setup.scheduler->recovered(high_water, context.loop.now());
  return {};
}

}  // namespace

Result<ParallelSetup> describe_parallel(const StepFacts& facts, BulkFiles& bulk,
                                        const Machine& machine, bool recovered) {
  const StepFolder folder = facts.job.step(facts.step.name);
  ParallelSetup setup;
  BM_ASSIGN(setup.prepared, prepare_step(facts, recovered));
  setup.machine = machine;
  setup.rules = step_rules(spec_of(facts), machine);
  setup.more_workers_than_cores =
      setup.rules.workers_per_node * node_count(facts.step) > machine.cores;
  BM_TRY(facts.files.make_folders(folder.spools()));
  BM_TRY(runlog::make_log_tree(facts.files, folder.logs()));
  BM_TRY(describe_input(facts, bulk, setup));
  BM_TRY(describe_rows(facts, setup));
  setup.settings = effective_settings(spec_of(facts), {setup.rules, setup.input.kind, setup.rows});
  BM_TRY(describe_arguments(facts, setup));
  BM_TRY(facts.files.write_atomically(
      folder.worker_spec(), worker_spec_json(facts, setup.prepared, setup.rules, setup.arguments,
                                             setup.input, setup.rows)));
  return setup;
}

Result<ParallelSetup> set_up_parallel(const StepContext& context, const SetupParts& parts,
                                      bool recovered) {
  const StepFolder folder = context.job.step(context.step.name);
  const Machine machine = machine_of(parts.cores, parts.gpus.read(), context.base_environment);
  BM_ASSIGN(ParallelSetup setup, describe_parallel(context, parts.bulk, machine, recovered));
  setup.rules.items_of = parts.items_of;
  BM_ASSIGN(setup.ledger, parts.ledgers.open(folder.ledger(), false));
  BM_ASSIGN(setup.taken_over, take_over(context, parts, setup));
  if (setup.whole) return setup;
  BM_TRY(setup.ledger->use_code(code_hash(context)));
  BM_ASSIGN(setup.planning.earlier, setup.ledger->plan_mark());
  BM_ASSIGN(setup.seats, setup.ledger->fact(kSeatsFact));
  BM_ASSIGN(const std::string verdict, setup.ledger->fact(kVerdictFact));
  if (!verdict.empty()) {
    BM_ASSIGN(setup.verdict, verdict_from_json(verdict));
    return setup;
  }
  BM_TRY(recover(context, setup));
  return setup;
}

std::string aggregated_path(const StepPlan& step,
                            const std::map<std::string, std::string>& outputs) {
  const auto& spec = std::get<ParallelSpec>(step.spec);
  const auto path = outputs.find(spec.append_row_to);
  if (!appends_rows(spec) || path == outputs.end()) return "";
  const bool folder = is_folder_like(step.outputs.at(spec.append_row_to).type);
  return folder ? path->second + "/" + spec.append_row_file_name.value : path->second;
}

SpoolId spool_of(WorkerId worker) {
  return SpoolId{(worker.node.value << 16) | (worker.process & 0xFFFFU)};
}

void fill_start_worker(const StepContext& context, const ParallelSetup& setup, WorkerId worker,
                       const std::vector<std::uint32_t>& gpus, protocol::StartWorker& message) {
  const ParallelSpec& spec = spec_of(context);
  const StepFolder folder = context.job.step(context.step.name);
  message.set_step(context.step.name);
  message.set_process(worker.process);
  message.add_argv(context.step.environment.python);
  message.add_argv("-m");
  message.add_argv("batchmill.worker");
  for (const auto& [name, value] : worker_environment(
           context.base_environment, context.step, environment_facts(context, setup.prepared),
           {context.python_folder, output_folder(context, setup.prepared), worker.node.value,
            static_cast<std::uint32_t>(gpus.size()), !setup.machine.gpus.empty()})) {
    auto& variable = *message.add_environment();
    variable.set_name(name);
    variable.set_value(value);
  }
  message.set_working_folder(setup.prepared.working_folder);
  message.set_spec_path(folder.worker_spec());
  const SpoolId spool = spool_of(worker);
  message.set_spool(spool.value);
  message.set_spool_path(folder.spool(spool.value));
  message.set_log_folder(folder.logs());
  message.set_load_timeout_ns(setup.rules.load_timeout.count());
  message.set_run_timeout_ns(setup.rules.run_timeout.count());
  message.set_without_core(setup.more_workers_than_cores);
  for (const std::uint32_t gpu : gpus) message.add_gpus(gpu);
  message.set_hide_gpus(!setup.machine.gpus.empty() && spec.surplus_gpu_workers.value == "hide");
  message.set_memory_limit_bytes(static_cast<std::uint64_t>(spec.worker_memory_limit_mb.value)
                                 << 20);
  message.set_concurrent(spec.async_mode.value);
}

}  // namespace batchmill::engine
