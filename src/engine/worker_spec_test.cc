#include "engine/worker_spec.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/parallel_rules.h"
#include "engine/step_facts_for_tests.h"

namespace batchmill::engine {
namespace {

using nlohmann::json;

json spec_of(StepForTests& step, const WorkerSpecInput& input = {"images", "files", "/data", ""}) {
  std::optional<RowFormat> rows;
  if (appends_rows(step.spec())) rows = *row_format(step.spec(), std::nullopt);
  return json::parse(worker_spec_json(step.facts(), step.prepared, step_rules(step.spec(), {4, {}}),
                                      {"--mine", "x"}, input, rows));
}

TEST(WorkerSpec, DefaultsOfAFileStep) {
  StepForTests step;
  const json spec = spec_of(step);
  EXPECT_EQ(spec["node_count"], 1);
  EXPECT_EQ(spec["prefetch"], true);
  EXPECT_EQ(spec["profiling_module"], nullptr);
  EXPECT_EQ(spec["streaming"], nullptr);
  EXPECT_EQ(spec["input"]["kind"], "files");
  EXPECT_EQ(spec["append"]["format"], "text");
  EXPECT_EQ(spec["append"]["provenance"], false);
  EXPECT_EQ(spec["append"]["to_csv"]["sep"], " ");
  EXPECT_EQ(spec["arguments"], json({"--mine", "x"}));
}

TEST(WorkerSpec, WhatTheStepAsksForIsHandedOn) {
  StepForTests step;
  step.spec().instance_count.value = 3;
  step.spec().prefetch.value = false;
  step.spec().profiling_module.value = "cProfile";
  step.spec().async_mode.value = true;
  step.spec().async_window.value = 5;
  step.spec().timeout_seconds.value = 9;
  step.spec().append_row_format.value = "jsonl";
  step.spec().append_row_provenance.value = step.spec().pf_output_only.value = true;
  const json spec = spec_of(step, {"images", "jsonl", "/data", ""});
  EXPECT_EQ(spec["node_count"], 3);
  EXPECT_EQ(spec["prefetch"], false);
  EXPECT_EQ(spec["profiling_module"], "cProfile");
  EXPECT_EQ(spec["streaming"], json({{"window", 5}, {"run_timeout_s", 9}}));
  EXPECT_EQ(spec["input"]["kind"], "jsonl");
  EXPECT_EQ(spec["append"]["format"], "jsonl");
  EXPECT_EQ(spec["append"]["provenance"], true);
  EXPECT_EQ(spec["append"]["output_field_only"], true);
}

TEST(WorkerSpec, SummaryOnlyAppendsNothing) {
  StepForTests step;
  step.spec().output_action = {"summary_only", SettingOrigin::kNode, {}};
  EXPECT_EQ(spec_of(step)["append"], nullptr);
}

TEST(WorkerSpec, TheOutputFolderIsTheEnginesOwnElseThatOfTheRows) {
  StepForTests step;
  EXPECT_EQ(spec_of(step)["output_dir"], "/out");
  step.spec().output_data = "extra";
  EXPECT_EQ(spec_of(step)["output_dir"], "/out/extra");
  step.spec().output_data = step.spec().append_row_to = "";
  EXPECT_EQ(spec_of(step)["output_dir"], "/out/extra");
  step.step.outputs.erase("extra");
  EXPECT_EQ(spec_of(step)["output_dir"], "/ws/jobs/digits/steps/score/wd/outputs");
}

}  // namespace
}  // namespace batchmill::engine
