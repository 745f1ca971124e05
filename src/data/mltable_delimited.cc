#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/yaml/scalar.h"
#include "data/mltable_steps.h"

namespace batchmill::data {

namespace {

const std::vector<std::string> kOptions = {"delimiter",          "header",
                                           "encoding",           "empty_as_string",
                                           "support_multi_line", "include_path_column",
                                           "path_column",        "infer_column_types",
                                           "partition_size"};
const std::vector<std::string> kHeaders = {"no_header", "from_first_file",
                                           "all_files_different_headers", "all_files_same_headers"};
const std::vector<std::string> kEncodings = {
    "utf8",   "utf-8",   "utf8bom", "utf8 bom", "ascii", "iso88591",    "iso-8859-1",
    "latin1", "latin-1", "utf16",   "utf-16",   "utf32", "windows1252", "windows-1252"};
const std::vector<std::string> kInferKeys = {"sample_size", "column_type_overrides"};

// ASCII is a part of UTF-8, and a byte order mark is always skipped.
bool is_read_as_utf8(const std::string& encoding) {
  return encoding.starts_with("utf8") || encoding == "utf-8" || encoding == "ascii";
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class DelimitedReader {
 public:
  DelimitedReader(const std::string& path, MltableProblems& problems)
      : path_(path), problems_(problems) {}

  TableFormat read(const yaml::Value& options) {
    for (const yaml::Entry& entry : options.entries()) {
      const std::string& name = entry.key.text();
      at_ = yaml::join_path(path_, name);
      if (!contains(kOptions, name)) {
        report_option(entry.key, kReadStep, kOptions);
      } else if (!yaml::is_null(entry.value)) {  // older clients write null for a default
        read_option(name, entry);
      }
    }
    return format_;
  }

 private:
  static constexpr const char* kReadStep = "read_delimited";

  void report_option(const yaml::Value& key, const char* step,
                     const std::vector<std::string>& allowed) {
    problems_.add(diagnose(605, key)
                      .with("o", key.text())
                      .with("step", step)
                      .at(at_)
                      .found(key.text())
                      .allowed(allowed)
                      .near(allowed));
  }

  void read_option(const std::string& name, const yaml::Entry& entry) {
    const yaml::Value& value = entry.value;
    if (name == "infer_column_types") {
      read_inference(entry);
    } else if (!value.is_scalar()) {
      problems_.wrong_type(name, "a single value", value, at_);
    } else if (name == "delimiter") {
      read_delimiter(value);
    } else if (name == "header") {
      read_header(value);
    } else if (name == "encoding") {
      read_encoding(value);
    } else if (name == "partition_size") {
      // The size of the original's own blocks; here mini_batch_size alone decides about cuts.
      read_count(name, value);
    } else if (name == "empty_as_string") {
      format_.empty_as_string = read_bool(name, value).value_or(false);
    } else if (name == "support_multi_line") {
      refuse_if_true(name, value, "remove the line breaks within fields");
    } else if (name == "include_path_column") {
      refuse_if_true(name, value, "add the path as a column of the files");
    }  // path_column only names the column that include_path_column adds
  }

  std::optional<bool> read_bool(const std::string& name, const yaml::Value& value) {
    const yaml::Scalar scalar = yaml::resolve(value);
    if (scalar.kind == yaml::ScalarKind::kBool) return scalar.boolean;
    const std::string text = to_lower(trim(value.text()));
    if (text == "true" || text == "false") return text == "true";
    problems_.wrong_type(name, "true or false", value, at_);
    return std::nullopt;
  }

  void refuse_if_true(const std::string& name, const yaml::Value& value, const char* workaround) {
    if (read_bool(name, value).value_or(false)) {
      problems_.later(name + ": true", workaround, value, at_);
    }
  }

  std::optional<std::uint64_t> read_count(const std::string& name, const yaml::Value& value) {
    const yaml::Scalar scalar = yaml::resolve(value);
    if (scalar.kind == yaml::ScalarKind::kInt && scalar.integer && *scalar.integer > 0) {
      return static_cast<std::uint64_t>(*scalar.integer);
    }
    problems_.wrong_type(name, "an integer above 0", value, at_);
    return std::nullopt;
  }

  void read_delimiter(const yaml::Value& value) {
    const std::string& text = value.text();
    const std::size_t length = code_points(text);
    if (text == "\\t") {
      format_.delimiter = '\t';
    } else if (length == 0 || length > 2 || text.find_first_of("\"\r\n") != std::string::npos) {
      problems_.add(diagnose(108, value)
                        .with("k", "delimiter")
                        .with("type", "one character that is no quote or line break")
                        .with("actual", "'" + printable(text) + "'")
                        .with("example", "','")
                        .at(at_)
                        .found(printable(text))
                        .value(value));
    } else if (text.size() > 1) {
      problems_.later("delimiter: " + text, "use one ASCII character or '\\t'", value, at_);
    } else {
      format_.delimiter = text.front();
    }
  }

  void read_header(const yaml::Value& value) {
    for (const HeaderRule rule :
         {HeaderRule::kNoHeader, HeaderRule::kFromFirstFile, HeaderRule::kAllFilesSameHeaders}) {
      if (value.text() != name_of(rule)) continue;
      format_.header = rule;
      return;
    }
    if (value.text() == name_of(HeaderRule::kAllFilesDifferentHeaders)) {
      problems_.later("header: all_files_different_headers",
                      "give all files the same columns and write 'header: all_files_same_headers'",
                      value, at_);
    } else {
      problems_.no_choice("header", value, kHeaders, at_);
    }
  }

  void read_encoding(const yaml::Value& value) {
    if (!contains(kEncodings, value.text())) {
      problems_.no_choice("encoding", value, kEncodings, at_);
    } else if (!is_read_as_utf8(value.text())) {
      problems_.later("encoding: " + value.text(), "convert the files to UTF-8", value, at_);
    }
  }

  void read_inference(const yaml::Entry& option) {
    const yaml::Value& value = option.value;
    if (value.is_scalar()) {
      format_.infer_column_types = read_bool("infer_column_types", value).value_or(true);
      return;
    }
    if (!value.is_mapping()) {
      problems_.wrong_type("infer_column_types", "true, false or a mapping", value, at_);
      return;
    }
    const std::string option_path = at_;
    for (const yaml::Entry& entry : value.entries()) {
      at_ = yaml::join_path(option_path, entry.key.text());
      if (!contains(kInferKeys, entry.key.text())) {
        report_option(entry.key, "infer_column_types", kInferKeys);
      } else if (yaml::is_null(entry.value)) {
        continue;
      } else if (entry.key.text() == "sample_size") {
        format_.sample_size = read_count("sample_size", entry.value);
      } else if (!entry.value.is_sequence() || entry.value.size() > 0) {
        problems_.later("column_type_overrides", "convert the columns in run()", entry.key, at_);
      }
    }
  }

  std::string path_;
  std::string at_;  // YAML path of the option that is being read
  MltableProblems& problems_;
  TableFormat format_;
};

}  // namespace

TableFormat read_delimited_options(const yaml::Value& options, const std::string& path,
                                   MltableProblems& problems) {
  if (options && !yaml::is_null(options) && !options.is_mapping()) {
    problems.wrong_type("read_delimited", "a mapping of options", options, path);
    return {};
  }
  return DelimitedReader(path, problems).read(options);
}

}  // namespace batchmill::data
