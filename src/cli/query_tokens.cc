#include "cli/query_tokens.h"

#include <cctype>

namespace batchmill::cli {

namespace {

bool starts_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool continues_name(char c) { return starts_name(c) || is_digit(c); }

class Tokenizer {
 public:
  explicit Tokenizer(const std::string& text) : text_(text) {}

  Result<std::vector<Token>> run() {
    while (true) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
      begin_ = at_;
      if (at_ == text_.size()) {
        add(TokenKind::kEnd, 0);
        return std::move(tokens_);
      }
      BM_TRY(next());
    }
  }

 private:
  bool follows(std::string_view what) const {
    return std::string_view(text_).substr(at_).starts_with(what);
  }

  void add(TokenKind kind, std::size_t length) {
    tokens_.push_back({kind, text_.substr(at_, length), {}, begin_ + 1});
    at_ += length;
  }

  tl::unexpected<Error> problem(const std::string& what) const {
    return fail(ErrorKind::kInvalid, "--query, column " + std::to_string(begin_ + 1) + ": " + what);
  }

  Result<void> next() {
    const char c = text_[at_];
    if (starts_name(c)) {
      std::size_t end = at_;
      while (end < text_.size() && continues_name(text_[end])) ++end;
      add(TokenKind::kName, end - at_);
      return {};
    }
    if (is_digit(c) || (c == '-' && at_ + 1 < text_.size() && is_digit(text_[at_ + 1]))) {
      std::size_t end = at_ + 1;
      while (end < text_.size() && is_digit(text_[end])) ++end;
      add(TokenKind::kNumber, end - at_);
      return {};
    }
    if (c == '"' || c == '\'' || c == '`') return quoted(c);
    return symbol();
  }

  Result<void> symbol() {
    static const std::vector<std::pair<std::string_view, TokenKind>> kSymbols = {
        {"[]", TokenKind::kFlatten},    {"[?", TokenKind::kFilter},
        {"||", TokenKind::kOr},         {"&&", TokenKind::kAnd},
        {"==", TokenKind::kCompare},    {"!=", TokenKind::kCompare},
        {"<=", TokenKind::kCompare},    {">=", TokenKind::kCompare},
        {"<", TokenKind::kCompare},     {">", TokenKind::kCompare},
        {"[", TokenKind::kOpenBracket}, {"]", TokenKind::kCloseBracket},
        {"{", TokenKind::kOpenBrace},   {"}", TokenKind::kCloseBrace},
        {"(", TokenKind::kOpenParen},   {")", TokenKind::kCloseParen},
        {",", TokenKind::kComma},       {":", TokenKind::kColon},
        {"|", TokenKind::kPipe},        {"!", TokenKind::kNot},
        {"@", TokenKind::kCurrent},     {"&", TokenKind::kExpression},
        {".", TokenKind::kDot},         {"*", TokenKind::kStar},
    };
    for (const auto& [symbol, kind] : kSymbols) {
      if (follows(symbol)) {
        add(kind, symbol.size());
        return {};
      }
    }
    return problem(std::string("unexpected '") + text_[at_] + "'");
  }

  // 'raw text', "quoted name" and `JSON literal`.
  Result<void> quoted(char quote) {
    std::string inside;
    std::size_t end = at_ + 1;
    for (; end < text_.size() && text_[end] != quote; ++end) {
      if (text_[end] == '\\' && end + 1 < text_.size()) {
        if (text_[end + 1] != quote || quote == '"') inside += '\\';
        ++end;
      }
      inside += text_[end];
    }
    if (end >= text_.size()) return problem(std::string(1, quote) + " is not closed");
    Token token{
        quote == '"' ? TokenKind::kQuotedName : TokenKind::kLiteral, inside, {}, begin_ + 1};
    if (quote == '\'') {
      token.literal = inside;
    } else {
      Json parsed = Json::parse(quote == '"' ? '"' + inside + '"' : inside, nullptr, false);
      // Older JMESPath allowed `text` without quotes; published command lines use it.
      if (parsed.is_discarded()) parsed = inside;
      if (quote == '"') token.text = parsed.is_string() ? parsed.get<std::string>() : inside;
      token.literal = std::move(parsed);
    }
    tokens_.push_back(std::move(token));
    at_ = end + 1;
    return {};
  }

  const std::string& text_;
  std::size_t at_ = 0, begin_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

Result<std::vector<Token>> query_tokens(const std::string& text) { return Tokenizer(text).run(); }

}  // namespace batchmill::cli
