#include "engine/take_over.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "data/manifest_header.h"
#include "data/manifest_reader.h"
#include "engine/changed_since.h"
#include "engine/kept_rows.h"
#include "engine/step_definition.h"
#include "engine/step_paths.h"
#include "engine/whole_step.h"
#include "engine/worker_spec.h"

namespace batchmill::engine {

namespace {

using nlohmann::json;

// Written last: with it, everything that is taken over is there.
constexpr const char* kTakenOverFact = "taken over";
constexpr const char* kNothing = "nothing";
constexpr const char* kWhole = "whole";

Error refused(const StepContext& context, const std::string& why) {
  return {ErrorKind::kInvalid,
          fmt::format("the results of '{}' cannot be taken over: {}", context.earlier->job, why)};
}

// What the earlier step told its workers says how its rows were made.
Result<void> check_same(const StepContext& context, const ParallelSetup& setup) {
  const EarlierStep& earlier = *context.earlier;
  BM_ASSIGN(const std::string text, context.files.read(earlier.folder.worker_spec()));
  const json spec = json::parse(text, nullptr, false);
  if (!spec.is_object() || !spec.contains("input")) {
    return fail(ErrorKind::kProtocol, earlier.folder.worker_spec() + " is damaged");
  }
  std::string schema;
  if (context.files.exists(earlier.folder.schema())) {
    BM_ASSIGN(schema, context.files.read(earlier.folder.schema()));
  }
  const StepInWords before{*earlier.plan, spec["input"].value("kind", ""),
                           spec.value("append", json()).dump(), schema};
  const StepInWords now{context.step, setup.input.kind, append_text(setup.rows),
                        setup.input.schema};
  const std::vector<std::string> found = differences(before, now);
  if (found.empty()) return {};
  return tl::unexpected(refused(context, join(found, "; ")));
}

std::string counted(std::uint64_t count, const std::string& kind) {
  const char* what = kind == "files" ? "file" : kind == "ranks" ? "rank" : "slice";
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// The earlier plan, of files that may lie elsewhere now: a private copy of them is a new one.
Result<void> copy_plan(const StepContext& context, const ParallelSetup& setup) {
  const std::string& folder = setup.planning.manifest_folder;
  BM_TRY(context.files.remove_tree(folder));
  BM_TRY(context.files.copy_tree(context.earlier->folder.manifest(), folder));
  const std::string path = data::manifest_json_path(folder);
  BM_ASSIGN(const std::string before, context.files.read(path));
  BM_ASSIGN(data::ManifestHeader header, data::manifest_header_from_json(before));
  header.root = data::common_folder(setup.planning.sources);
  BM_ASSIGN(const std::string now, data::to_json(header));
  return context.files.write_atomically(path, now);
}

// Lists and cuts again, beside the earlier plan: the first record that differs is an error.
Result<PlanMark> plan_again(const StepContext& context, BulkFiles& bulk, const PlanMark& before,
                            ParallelSetup& setup) {
  BM_TRY(copy_plan(context, setup));
  data::PlanRequest request = setup.planning;
  request.earlier = before;
  request.earlier.complete = false;
  request.wants_order = false;
  data::Planner planner(context.files, bulk, context.loop);
  auto planned = planner.run(request, [](const data::PlanProgress&) { return true; });
  if (!planned) {
    constexpr std::string_view kPrefix = "the input changed since it was planned: ";
    std::string why = planned.error().message;
    if (why.starts_with(kPrefix)) {
      why = fmt::format("input '{}': {}", setup.input.name, why.substr(kPrefix.size()));
    }
    return tl::unexpected(refused(context, why));
  }
  const PlanMark& now = planned->total.mark;
  if (before.complete && now.records != before.records) {
    return tl::unexpected(
        refused(context, fmt::format("input '{}': {} then, {} now", setup.input.name,
                                     counted(before.records, setup.input.kind),
                                     counted(now.records, setup.input.kind))));
  }
  return now;
}

// The same names may stand for other bytes by now.
Result<void> check_unchanged(const StepContext& context, const BulkFiles& bulk,
                             const KeptMiniBatches& kept, const ParallelSetup& setup) {
  if (setup.input.kind == "ranks") return {};
  const std::string& name = setup.input.name;
  // A private copy has the time of the copying: what it was copied from is looked at.
  const std::string& copy = setup.prepared.inputs.at(name);
  const std::string source = source_path(context.step.inputs.at(name), context.outputs_of);
  const auto modified_at = [&](std::string_view path) -> Result<WallTime> {
    std::string full = setup.input.root + "/" + std::string(path);
    if (full == copy || full.starts_with(copy + "/")) full.replace(0, copy.size(), source);
    BM_ASSIGN(const FileStatus status, context.files.status(full));
    return status.modified;
  };
  KeptInput input{name, {}};
  if (context.earlier->plan->inputs.at(name).mode == InputMode::kDownload) {
    input.copied = context.earlier->record.started;
  }
  BM_ASSIGN(const auto manifest,
            data::ManifestReader::open(context.files, bulk, setup.planning.manifest_folder));
  BM_ASSIGN(const std::string changed, changed_since(manifest, kept, input, modified_at));
  if (changed.empty()) return {};
  return tl::unexpected(refused(context, changed));
}

Result<std::optional<KeptRows>> find_rows(const StepContext& context, const BulkFiles& bulk,
                                          const Ledger& earlier, const KeptMiniBatches& kept) {
  BM_ASSIGN(const std::string merged, earlier.fact(kMergedFact));
  if (merged.empty()) {
    return KeptRows::in_spools(context.files, earlier, context.earlier->folder, kept);
  }
  return KeptRows::in_aggregated(
      bulk, context.files, earlier,
      aggregated_path(*context.earlier->plan, context.earlier->record.outputs));
}

// The records of a former life that crashed after it had imported them.
Result<bool> has_records(const Ledger& ledger) {
  bool any = false;
  BM_TRY(ledger.for_each_attempt(false, [&](const AttemptRecord&) {
    any = true;
    return false;
  }));
  return any;
}

Result<std::string> carry_over(const StepContext& context, const SetupParts& parts,
                               ParallelSetup& setup) {
  const EarlierStep& earlier = *context.earlier;
  if (!earlier.problem.empty()) return fail(ErrorKind::kUnavailable, earlier.problem);
  if (!context.files.exists(earlier.folder.ledger())) return kNothing;
  BM_ASSIGN(const auto ledger, parts.ledgers.open(earlier.folder.ledger(), true));
  BM_ASSIGN(const PlanMark before, ledger->plan_mark());
  if (before.records == 0) return kNothing;
  BM_TRY(check_same(context, setup));
  BM_ASSIGN(const PlanMark now, plan_again(context, parts.bulk, before, setup));
  BM_ASSIGN(const KeptMiniBatches kept, kept_mini_batches(*ledger, now.mini_batches));
  if (is_taken_whole(earlier_end(context.step, earlier, context.files, parts.ledgers))) {
    BM_TRY(check_unchanged(context, parts.bulk, kept, setup));
    return kWhole;
  }
  BM_ASSIGN(const auto rows, find_rows(context, parts.bulk, *ledger, kept));
  if (!rows) {
    setup.warnings.push_back(
        fmt::format("the rows of '{}' are gone or were changed: all of step "
                    "'{}' runs again",
                    earlier.job, context.step.name));
    return kNothing;
  }
  BM_TRY(check_unchanged(context, parts.bulk, kept, setup));
  BM_TRY(setup.ledger->mark_plan(now));
  BM_TRY(rows->copy(context.files, parts.bulk, context.job.step(context.step.name)));
  BM_ASSIGN(const bool imported, has_records(*setup.ledger));
  if (!imported) {
    BM_TRY(setup.ledger->import(*ledger, [&](AttemptRecord& record) {
      if (!kept.keeps(record)) return false;
      rows->move(record);
      return true;
    }));
  }
  return fmt::format("{} of {} mini-batches are taken over from '{}'", kept.count(),
                     now.mini_batches, earlier.job);
}

}  // namespace

Result<std::string> take_over(const StepContext& context, const SetupParts& parts,
                              ParallelSetup& setup) {
  if (!context.earlier) return std::string();
  BM_ASSIGN(std::string fact, setup.ledger->fact(kTakenOverFact));
  if (fact.empty()) {
    BM_ASSIGN(fact, carry_over(context, parts, setup));
    BM_TRY(setup.ledger->put_fact(kTakenOverFact, fact));
  }
  if (fact == kNothing) return std::string();
  if (fact != kWhole) return fact;
  // What it wrote lies with the earlier job, so without that job there is nothing.
  if (!context.earlier->problem.empty()) {
    return fail(ErrorKind::kUnavailable, context.earlier->problem);
  }
  BM_ASSIGN(setup.whole, counts_of(context.files, parts.ledgers, context.earlier->folder));
  return fmt::format("all of it is taken over from '{}'", context.earlier->job);
}

}  // namespace batchmill::engine
