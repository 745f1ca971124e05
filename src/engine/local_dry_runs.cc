#include "engine/local_dry_runs.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "data/manifest_reader.h"
#include "data/planner.h"
#include "engine/mini_batch_detail.h"
#include "engine/parallel_setup.h"

namespace batchmill::engine {

namespace {

std::string last_part(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

// Nothing that the step writes goes where a job's would.
void redirect_outputs(StepPlan& step, const std::string& folder) {
  for (auto& [name, output] : step.outputs) {
    const std::string place = folder + "/outputs/" + name;
    const bool has_file_name = !output.path.empty() && output.path.back() != '/' &&
                               output.path.find("${{") == std::string::npos;
    if (is_folder_like(output.type)) {
      output.path = place;
    } else {
      output.path = place + "/" + (has_file_name ? last_part(output.path) : name);
    }
  }
}

std::uint64_t bytes_of(const data::ManifestReader& manifest, std::uint64_t mini_batch) {
  const auto [first, end] = manifest.range(mini_batch);
  std::uint64_t bytes = 0;
  for (std::uint64_t record = first; record < end; ++record) {
    if (manifest.header().kind == data::ManifestKind::kSlices) {
      const data::SliceRecord slice = manifest.slice(record);
      bytes += slice.end - slice.begin;
    } else if (manifest.header().kind == data::ManifestKind::kRows) {
      const data::RowsRecord rows = manifest.rows(record);
      bytes += rows.end - rows.begin;
    }
  }
  return bytes;
}

class LocalDryRun final : public DryRun {
 public:
  LocalDryRun(DryRunParts& parts, const DryRunRequest& request, std::string folder)
      : parts_(parts), request_(request) {
    about_.folder = std::move(folder);
    about_.mini_batch = request.mini_batch;
  }
  ~LocalDryRun() override {
    if (!request_.keep_folder) static_cast<void>(parts_.files.remove_tree(about_.folder));
  }
  LocalDryRun(const LocalDryRun&) = delete;
  LocalDryRun& operator=(const LocalDryRun&) = delete;

  Result<void> prepare();
  const DryRunMiniBatch& mini_batch() const override { return about_; }
  Result<DryRunEnd> run() override;

 private:
  StepPlan* find_step();
  Environment environment() const;
  Result<void> plan();
  Result<void> describe();
  tl::unexpected<Error> no_such_mini_batch() const;

  DryRunParts& parts_;
  DryRunRequest request_;
  DryRunMiniBatch about_;
  std::optional<StepFacts> facts_;
  std::optional<ParallelSetup> setup_;
};

StepPlan* LocalDryRun::find_step() {
  const auto found = std::find_if(request_.plan.steps.begin(), request_.plan.steps.end(),
                                  [&](const StepPlan& step) { return step.name == request_.step; });
  return found == request_.plan.steps.end() || !found->is_parallel() ? nullptr : &*found;
}

Result<void> LocalDryRun::prepare() {
  StepPlan* step = find_step();
  if (step == nullptr) {
    return fail(ErrorKind::kNotFound, "there is no parallel step '" + request_.step + "'");
  }
  redirect_outputs(*step, about_.folder);
  facts_.emplace(StepFacts{parts_.files,
                           request_.plan,
                           *step,
                           JobFolder(about_.folder),
                           WorkspaceFolder(about_.folder),
                           "try_" + step->name,
                           parts_.environment,
                           parts_.python_folder,
                           parts_.version,
                           {}});
  const Machine machine = machine_of(parts_.cores, parts_.gpus.read(), parts_.environment);
  BM_ASSIGN(setup_, describe_parallel(*facts_, parts_.bulk, machine, false));
  BM_TRY(plan());
  return describe();
}

Result<void> LocalDryRun::plan() {
  data::PlanRequest planning = setup_->planning;
  planning.wants_order = false;
  data::Planner planner(parts_.files, parts_.bulk, parts_.clock);
  const auto planned = planner.run(planning, [&](const data::PlanProgress& progress) {
    about_.mini_batches = progress.mark.mini_batches;
    about_.all_planned = progress.mark.complete;
    return progress.mark.complete || about_.mini_batches <= request_.mini_batch;
  });
  const bool stopped = !planned && planned.error().kind == ErrorKind::kCanceled;
  if (!planned && !stopped) return tl::unexpected(planned.error());
  if (planned) about_.warnings = planned->warnings;
  return {};
}

tl::unexpected<Error> LocalDryRun::no_such_mini_batch() const {
  if (about_.mini_batches == 0) {
    return fail(
        ErrorKind::kInvalid,
        fmt::format("input '{}' is empty: there is no mini-batch to try", setup_->input.name));
  }
  return fail(ErrorKind::kInvalid,
              fmt::format("there is no mini-batch {}; there are {}: 0 to {}", request_.mini_batch,
                          about_.mini_batches, about_.mini_batches - 1));
}

Result<void> LocalDryRun::describe() {
  if (request_.mini_batch >= about_.mini_batches) return no_such_mini_batch();
  const std::string& folder = setup_->planning.manifest_folder;
  BM_ASSIGN(const auto manifest, data::ManifestReader::open(parts_.files, parts_.bulk, folder));
  about_.items = manifest.items(request_.mini_batch);
  about_.bytes = bytes_of(manifest, request_.mini_batch);
  about_.kind = setup_->input.kind;
  if (const auto details = mini_batch_details(parts_.files, parts_.bulk, folder);
      details.describe) {
    details.describe(MiniBatchId{request_.mini_batch}, {}, about_.detail);
  }
  about_.warnings.insert(about_.warnings.end(), setup_->warnings.begin(), setup_->warnings.end());
  return {};
}

// That of the first worker of the first node.
Environment LocalDryRun::environment() const {
  const std::vector<std::uint32_t>& gpus = setup_->machine.gpus;
  Environment variables = worker_environment(
      parts_.environment, facts_->step, environment_facts(*facts_, setup_->prepared),
      {parts_.python_folder, output_folder(*facts_, setup_->prepared), 0,
       static_cast<std::uint32_t>(gpus.size()), !gpus.empty()});
  if (!gpus.empty()) {
    variables.emplace_back("CUDA_VISIBLE_DEVICES", std::to_string(gpus.front()));
  }
  return variables;
}

Result<DryRunEnd> LocalDryRun::run() {
  const StepFolder folder = facts_->job.step(request_.step);
  const std::string summary = about_.folder + "/summary.json";
  ForegroundRequest request;
  request.argv = {facts_->step.environment.python,
                  "-m",
                  "batchmill.worker.dry_run",
                  "--spec",
                  folder.worker_spec(),
                  "--mini-batch",
                  fmt::to_string(request_.mini_batch),
                  "--node-log",
                  folder.logs(),
                  "--summary",
                  summary};
  request.environment = environment();
  request.working_folder = setup_->prepared.working_folder;
  request.output_to_error = request_.output_to_error;
  BM_ASSIGN(const ForegroundEnd ended, parts_.foreground.run(request));
  DryRunEnd end{ended.exit_code, ended.signal, ""};
  if (parts_.files.exists(summary)) {
    BM_ASSIGN(end.summary, parts_.files.read(summary));
  }
  return end;
}

}  // namespace

Result<std::unique_ptr<DryRun>> LocalDryRuns::prepare(const DryRunRequest& request) {
  BM_ASSIGN(std::string folder, parts_.make_folder());
  auto run = std::make_unique<LocalDryRun>(parts_, request, std::move(folder));
  BM_TRY(run->prepare());
  return std::unique_ptr<DryRun>(std::move(run));
}

}  // namespace batchmill::engine
