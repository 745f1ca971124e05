#include "pipeline/check_cases_for_tests.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "model/catalogue.h"

namespace batchmill::pipeline {

const char kPipeline[] = R"(type: pipeline
display_name: sample
experiment_name: tests
settings:
  default_compute: azureml:cpu-cluster
  continue_on_step_failure: false
inputs:
  raw: {type: uri_folder, path: ./in}
  table: {type: mltable, path: ./table}
  limit: 10
  flag: true
  rate: 0.5
outputs:
  rows: {type: uri_file}
  report:
jobs:
  clean:
    command: python clean.py --in ${{inputs.src}} --max ${{inputs.limit}} --out ${{outputs.dst}}
    code: ./src
    environment: {image: "python:3.11", conda_file: ./conda.yml}
    environment_variables: {LEVEL: "${{parent.inputs.limit}}", MODE: fast}
    limits: {timeout: 3600}
    inputs:
      src: ${{parent.inputs.raw}}
      limit: ${{parent.inputs.limit}}
    outputs:
      dst:
  score:
    type: parallel
    display_name: scoring
    input_data: ${{inputs.data}}
    mini_batch_size: "5"
    mini_batch_error_threshold: 1
    logging_level: debug
    max_concurrency_per_instance: 2
    retry_settings: {max_retries: 3, timeout: 120}
    inputs:
      data: ${{parent.jobs.clean.outputs.dst}}
      limit: ${{parent.inputs.limit}}
      text: n-${{parent.inputs.limit}}
    outputs:
      rows: ${{parent.outputs.rows}}
    task:
      type: run_function
      code: ./src
      entry_script: score.py
      environment: azureml:scoring:1
      program_arguments: --limit ${{inputs.limit}} --error_threshold 7
      append_row_to: ${{outputs.rows}}
  report:
    type: command
    command: python report.py ${{inputs.rows}} ${{outputs.report}}
    environment: azureml:reporting@latest
    inputs:
      rows: {type: uri_file, path: "${{parent.jobs.score.outputs.rows}}", mode: download}
    outputs:
      report: ${{parent.outputs.report}}
)";

fakes::MemoryFiles files_with(const std::string& pipeline) {
  fakes::MemoryFiles files;
  files.set_current_folder("/w");
  files.lock("/locked");
  files.put("/w/pipeline.yml", pipeline);
  files.put("/w/in/a.csv", "1");
  files.put("/w/in/b.csv", "2");
  files.put("/w/labels.csv", "a,1");
  files.put("/w/table/MLTable", "paths: []");
  files.put("/w/listing/MLTable", "paths: []");
  files.put("/w/almost/mltable", "paths: []");
  files.put("/w/conda.yml", "name: x");
  files.put("/w/docker/Dockerfile", "FROM x");
  files.put("/w/src/clean.py", "");
  files.put("/w/src/score.py", "");
  files.put("/w/src/package/main.py", "");
  files.put("/w/.store/day/x.csv", "1");
  return files;
}

std::string parallel_step(const std::string& keys, const std::string& arguments,
                          const std::string& bound) {
  return "type: pipeline\n"
         "inputs:\n"
         "  raw: {type: uri_folder, path: ./in}\n"
         "  bound: " +
         bound +
         "\n"
         "jobs:\n"
         "  score:\n"
         "    type: parallel\n"
         "    input_data: ${{inputs.data}}\n" +
         keys +
         "    inputs: {data: \"${{parent.inputs.raw}}\"}\n"
         "    outputs: {rows: }\n"
         "    task:\n"
         "      type: run_function\n"
         "      code: ./src\n"
         "      entry_script: score.py\n"
         "      environment: azureml:scoring:1\n"
         "      append_row_to: ${{outputs.rows}}\n"
         "      program_arguments: --own x " +
         arguments + "\n";
}

CheckRequest request_for_tests() {
  CheckRequest request;
  request.file = "pipeline.yml";
  request.cores = 16;
  request.datastores = {"archive", "workspaceblobstore"};
  request.datastore_folder = [](const std::string& name) -> std::optional<std::string> {
    if (name == "workspaceblobstore") return "/w/.store";
    if (name == "archive") return "/w/.archive";
    return std::nullopt;
  };
  request.check_mltable = [](const std::string& folder, const SourcePlace&) {
    return MltableFinding{{}, folder.ends_with("/table")};
  };
  return request;
}

std::vector<std::string> summary(const std::vector<Diagnostic>& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) {
    lines.push_back(fmt::format("{} {}:{} {}", code_name(diagnostic.code), diagnostic.place.line,
                                diagnostic.place.column, diagnostic.path));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> expectations(const std::string& text) {
  std::vector<std::string> expected;
  int line_number = 0;
  int subject = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++line_number;
    const auto caret = line.find('^');
    const auto code = line.find("BM");
    const bool is_comment = line.starts_with("#") && code != line.npos;
    if (!is_comment) {
      subject = line_number;
      continue;
    }
    const int column = line.starts_with("#@") ? std::stoi(std::string(line.substr(2)))
                                              : static_cast<int>(caret) + 1;
    const std::string_view rest = line.substr(code);
    const auto blank = rest.find(' ');
    expected.push_back(
        fmt::format("{} {}:{} {}", rest.substr(0, blank), subject, column,
                    blank == rest.npos ? std::string_view() : trim(rest.substr(blank))));
  }
  std::sort(expected.begin(), expected.end());
  return expected;
}

std::string edited(const std::vector<std::pair<std::string, std::string>>& edits) {
  std::string text = kPipeline;
  for (const auto& [from, to] : edits) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    EXPECT_EQ(text.find(from, at + 1), std::string::npos) << "twice: " << from;
    if (at != std::string::npos) text.replace(at, from.size(), to);
  }
  return text;
}

}  // namespace batchmill::pipeline
