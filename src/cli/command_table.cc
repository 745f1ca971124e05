#include "cli/command_table.h"

namespace batchmill::cli {

namespace {

Flag name_flag(std::string_view help) { return {"name", 'n', FlagKind::kText, "NAME", help, true}; }

Flag file_flag() {
  return {"file", 'f', FlagKind::kText, "FILE", "YAML file of the pipeline", true};
}

Flag set_flag() {
  return {"set", 0, FlagKind::kTexts, "K=V",
          "change a value of the file before it is checked, e.g. jobs.train.inputs.lr=0.1"};
}

Flag strict_flag() {
  return {"strict", 0, FlagKind::kSwitch, "",
          "warnings are errors; an unknown compute or environment is refused"};
}

Command job_create() {
  return {{"job", "create"},
          "submit a job",
          {file_flag(),
           {"name", 'n', FlagKind::kText, "NAME", "name of the job; else one is made up"},
           set_flag(),
           {"stream", 's', FlagKind::kSwitch, "", "follow the job until it ends"},
           {"resume-from", 0, FlagKind::kText, "NAME",
            "keep the finished mini-batches of this earlier job; only failed and unprocessed ones "
            "run"},
           {"accept-new-code", 0, FlagKind::kSwitch, "",
            "with --resume-from: keep them although the code has changed since"},
           strict_flag(),
           {"skip-validation", 0, FlagKind::kSwitch, "",
            "leave out the checks of scripts, which start an interpreter"},
           {"save-as", 'a', FlagKind::kText, "FILE", "write the created job as YAML"},
           {"web", 'e', FlagKind::kSwitch, "", "open the job's page, where a server has one"}},
          {"batchmill job create -f pipeline.yml --stream",
           "name=$(batchmill job create -f pipeline.yml --query name -o tsv)",
           "batchmill job create -f pipeline.yml --set inputs.folder.path=day-02",
           "batchmill job create -f pipeline.yml --resume-from digits_7 --accept-new-code"}};
}

Command job_list() {
  return {{"job", "list"},
          "list jobs, newest first",
          {{"max-results", 'r', FlagKind::kNumber, "N", "at most so many [50]"},
           {"all-results", 0, FlagKind::kMaybe, "true|false", "all of them"},
           {"parent-job-name", 'p', FlagKind::kText, "NAME", "the steps of this job instead"},
           {"include-archived", 0, FlagKind::kSwitch, "", "archived ones too"},
           {"archived-only", 0, FlagKind::kSwitch, "", "only archived ones"}},
          {"batchmill job list -o table", "batchmill job list -p digits_7 --query [].name"}};
}

Command job_download() {
  return {{"job", "download"},
          "copy logs and outputs of a job that has ended",
          {name_flag("job or step job"),
           {"download-path", 'p', FlagKind::kText, "DIR", "folder to copy into [.]"},
           {"output-name", 0, FlagKind::kText, "OUTPUT", "this output, into named-outputs/OUTPUT"},
           {"all", 0, FlagKind::kSwitch, "", "logs and every output"}},
          {"batchmill job download -n digits_7 --output-name scores -p results"}};
}

Command job_try() {
  return {{"job", "try"},
          "run one mini-batch of a parallel step here, with this terminal: breakpoint() works",
          {file_flag(),
           {"step", 0, FlagKind::kText, "STEP", "the parallel step [the only one]"},
           {"mini-batch", 0, FlagKind::kNumber, "K", "which one, from 0 [0]"},
           {"input", 0, FlagKind::kTexts, "NAME=PATH",
            "data for an input of the step, e.g. for one that another step writes"},
           set_flag(),
           {"keep", 0, FlagKind::kSwitch, "", "keep the folder that the step writes to"}},
          {"batchmill job try -f pipeline.yml --step score",
           "batchmill job try -f pipeline.yml --step score --mini-batch 17",
           "batchmill job try -f pipeline.yml --step score --input images=./day-02"}};
}

std::vector<Command> all_commands() {
  return {
      job_create(),
      {{"job", "show"},
       "print a job or a step of one",
       {name_flag("job or step job"),
        {"settings", 0, FlagKind::kSwitch, "",
         "effective value and origin of every setting of parallel steps instead"},
        {"web", 'e', FlagKind::kSwitch, "", "open the job's page, where a server has one"}},
       {"batchmill job show -n digits_7 --query status -o tsv",
        "batchmill job show -n digits_7_score --settings -o table"}},
      job_list(),
      {{"job", "stream"},
       "follow the logs and progress of a job until it ends; replay one that has ended",
       {name_flag("job or step job")},
       {"batchmill job stream -n digits_7"}},
      {{"job", "cancel"},
       "ask a job to stop; what is finished stays finished",
       {name_flag("job"),
        {"no-wait", 0, FlagKind::kSwitch, "", "do not wait until the request is taken"}},
       {"batchmill job cancel -n digits_7"}},
      {{"job", "resume"},
       "continue a job after a crash, a cancel or a failure; failed mini-batches are tried again",
       {name_flag("job"), {"stream", 's', FlagKind::kSwitch, "", "follow the job until it ends"}},
       {"batchmill job resume -n digits_7 --stream"}},
      job_download(),
      {{"job", "validate"},
       "check a file and report all problems at once; nothing is submitted",
       {file_flag(), set_flag(), strict_flag()},
       {"batchmill job validate -f pipeline.yml",
        "batchmill job validate -f pipeline.yml -o json"}},
      job_try(),
      {{"job", "archive"}, "hide an ended job from lists", {name_flag("job")}, {}},
      {{"job", "restore"}, "show an archived job in lists again", {name_flag("job")}, {}},
      {{"explain"},
       "what a code such as BM105 means, with a wrong and a right example; 'all': every code",
       {},
       {"batchmill explain BM105"},
       "CODE"},
  };
}

}  // namespace

const std::vector<Command>& commands() {
  static const std::vector<Command> table = all_commands();
  return table;
}

const std::vector<Flag>& global_flags() {
  static const std::vector<Flag> table = {
      {"output",
       'o',
       FlagKind::kChoice,
       "FORMAT",
       "json, jsonc, yaml, yamlc, table, tsv or none [json]",
       false,
       false,
       {"json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"}},
      {"query", 0, FlagKind::kText, "JMESPATH", "select from the result before it is printed"},
      {"workspace", 0, FlagKind::kText, "DIR",
       "workspace folder [BATCHMILL_WORKSPACE, the nearest .batchmill upwards, ~/.batchmill]"},
      {"only-show-errors", 0, FlagKind::kSwitch, "", "no warnings, notices or progress"},
      {"verbose", 0, FlagKind::kSwitch, "", "say more of what is done"},
      {"debug", 0, FlagKind::kSwitch, "", "say all of it"},
      {"help", 'h', FlagKind::kSwitch, "", "this text"},
      {"resource-group", 'g', FlagKind::kText, "NAME", "", false, true},
      {"workspace-name", 'w', FlagKind::kText, "NAME", "", false, true},
      {"subscription", 0, FlagKind::kText, "NAME", "", false, true},
      {"acquire-policy-token", 0, FlagKind::kSwitch, "", "", false, true},
      {"change-reference", 0, FlagKind::kText, "ID", "", false, true},
  };
  return table;
}

std::string words_of(const Command& command) {
  std::string out;
  for (const std::string_view word : command.words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

}  // namespace batchmill::cli
