#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "cli/run_cli.h"
#include "fakes/fake_dry_runs.h"
#include "fakes/fake_terminal.h"
#include "runlog/progress_json.h"
#include "workspace/workspace_fixture.h"

namespace batchmill::cli {

// Command lines in a workspace at /w on a machine of fakes, for tests.
class CliTest : public testing::Test, protected workspace::WorkspaceFixture {
 protected:
  CliTest() { parts.variables["BATCHMILL_WORKSPACE"] = "/w"; }

  int run(std::vector<std::string> arguments) {
    CliParts all{parts, terminal, dry_runs, "0.1.0", "me"};
    terminal.out.clear();
    terminal.err.clear();
    terminal.all.clear();
    return run_cli(arguments, all);
  }
  int run(std::string_view line) {
    std::vector<std::string> arguments;
    for (const auto word : split(line, ' ')) arguments.emplace_back(word);
    return run(std::move(arguments));
  }

  void put_pipeline() {
    files.put("/home/u/project/p.yml",
              "type: pipeline\njobs:\n  train:\n    type: command\n    command: echo 1\n"
              "    environment: azureml:x:1\n");
  }
  void event(const std::string& job, const std::string& type, const std::string& step,
             const std::string& status, const std::string& text = "") {
    JobEvent event;
    event.type = type;
    event.step = step;
    event.status = status;
    event.text = text;
    EXPECT_TRUE(files.append("/w/jobs/" + job + "/events.jsonl", runlog::to_json_line(event)));
  }
  // What a leader leaves behind.
  void end_job(const std::string& name, JobStatus status) {
    JobRecord& record = stored(name);
    record.status = status;
    for (StepRecord& step : record.steps) step.status = status;
    event(name, "step_status", record.steps[0].step, name_of(status));
    event(name, "job_status", "", name_of(status));
  }

  fakes::FakeTerminal terminal{clock};
  fakes::FakeDryRuns dry_runs;
};

}  // namespace batchmill::cli
